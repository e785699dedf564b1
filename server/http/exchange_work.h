/* exchange_work.h: Answering a request whose head and body are there. */
#ifndef SCROLLBACK_EXCHANGE_WORK_H
#define SCROLLBACK_EXCHANGE_WORK_H

#include "exchange.h"

/* exchange_work_start(x): Read the parameters, then answer, or suspend the connection and hand the work
 * to a lane. */
enum MHD_Result exchange_work_start(struct exchange *x);

/* exchange_work_send(x): Count and send the answer or the problem that the request holds.
 * exchange_work_refuse(x): the same for a request that no route has seen; its problem is counted too. */
enum MHD_Result exchange_work_send(struct exchange *x);
enum MHD_Result exchange_work_refuse(struct exchange *x);

#endif
