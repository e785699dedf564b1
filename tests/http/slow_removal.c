/* slow_removal.c: For LD_PRELOAD: the main thread takes long to remove a descriptor from an epoll set, so that others
 * do in the middle of it what they otherwise do once in thousands of times.  However the program asks for it: by
 * epoll_ctl() or by syscall(). */
#include <dlfcn.h>
#include <stdarg.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define ARGUMENTS 6
#define PAUSE_NS 20000000

long syscall(long number, ...)
{
    static long (*kernel)(long, ...);
    const struct timespec pause = {.tv_nsec = PAUSE_NS};
    long a[ARGUMENTS];
    va_list given;
    va_start(given, number);
    for (int i = 0; i < ARGUMENTS; i++)
        a[i] = va_arg(given, long);
    va_end(given);
    if (kernel == NULL)
        *(void **)&kernel = dlsym(RTLD_NEXT, "syscall");
    if (number == SYS_epoll_ctl && a[1] == EPOLL_CTL_DEL && gettid() == getpid())
        (void)nanosleep(&pause, NULL);
    return kernel(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

int epoll_ctl(int set, int operation, int fd, struct epoll_event *event)
{
    return (int)syscall(SYS_epoll_ctl, (long)set, (long)operation, (long)fd, event);
}
