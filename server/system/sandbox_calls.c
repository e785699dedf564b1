#include "sandbox.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define AUDIT_ARCH_HERE AUDIT_ARCH_X86_64
#define FIRST_FOREIGN_CALL 0x40000000 /* the x32 calls: another table under the same architecture */
#elif defined(__aarch64__)
#define AUDIT_ARCH_HERE AUDIT_ARCH_AARCH64
#define FIRST_FOREIGN_CALL 0x40000000 /* there are none */
#endif

/* What a search service never does. A list of what it does would be safer still, but each release of
 * libc and of the kernel adds to it, and a service that dies of a new clock call is worse. */
static const int forbidden[] = {
    /* another program, another process */
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_pidfd_getfd,
    SYS_kcmp,
    /* another view of the file system */
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_unshare,
    SYS_setns,
    SYS_open_by_handle_at,
    SYS_move_mount,
    SYS_fsopen,
    SYS_open_tree,
    SYS_mount_setattr,
    /* the kernel itself */
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_userfaultfd,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_personality,
    /* the machine */
    SYS_reboot,
    SYS_swapon,
    SYS_swapoff,
    SYS_acct,
    SYS_settimeofday,
    SYS_clock_settime,
    SYS_sethostname,
    SYS_setdomainname,
    SYS_quotactl,
    SYS_syslog,
    /* other machines; what listens is open already */
    SYS_connect,
};

#define FORBIDDEN_COUNT (sizeof forbidden / sizeof *forbidden)
#define LOAD(field) \
    (struct sock_filter) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RETURN(what) (struct sock_filter) BPF_STMT(BPF_RET | BPF_K, (what))
#define REFUSE (SECCOMP_RET_ERRNO | EPERM)
#define JUMP(test, value, yes, no) \
    (struct sock_filter) BPF_JUMP(BPF_JMP | (test) | BPF_K, (uint32_t)(value), (yes), (no))

int sandbox_calls(struct error *err)
{
#ifdef AUDIT_ARCH_HERE
    struct sock_filter code[FORBIDDEN_COUNT * 2 + 12];
    size_t n = 0;

    code[n++] = LOAD(arch);
    code[n++] = JUMP(BPF_JEQ, AUDIT_ARCH_HERE, 1, 0);
    code[n++] = RETURN(SECCOMP_RET_KILL_PROCESS);
    code[n++] = LOAD(nr);
    code[n++] = JUMP(BPF_JGE, FIRST_FOREIGN_CALL, 0, 1);
    code[n++] = RETURN(REFUSE);
    for (size_t i = 0; i < FORBIDDEN_COUNT; i++) {
        code[n++] = JUMP(BPF_JEQ, forbidden[i], 0, 1);
        code[n++] = RETURN(REFUSE);
    }
    /* A new socket may only be a local one: that is how systemd is notified. The domain is an int, so
     * the low half of the argument is all of it; both architectures are little-endian. */
    code[n++] = JUMP(BPF_JEQ, SYS_socket, 0, 3);
    code[n++] = LOAD(args[0]);
    code[n++] = JUMP(BPF_JEQ, AF_UNIX, 1, 0);
    code[n++] = RETURN(REFUSE);
    code[n++] = RETURN(SECCOMP_RET_ALLOW);

    struct sock_fprog program = {.len = (unsigned short)n, .filter = code};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0)
        return 1;
    if (errno == ENOSYS || errno == EINVAL)
        return 0;
    err->code = ERROR_IO;
    err->pos = ERROR_NO_POSITION;
    snprintf(err->msg, sizeof err->msg, "cannot filter system calls: %s", strerror(errno));
    return -1;
#else
    (void)err;
    return 0;
#endif
}
