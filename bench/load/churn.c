// churn: connect, say one thing, hear it back, say goodbye, hang up when the server has, again and again.
// cut: the same, but hang up by a reset instead.
// stay: keep each connection, and dial the next one, until there are `connections`; the warm-up cuts instead.
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

enum { EVENTS = 256, DIALING_AT_ONCE = 64 };

static uint64_t dialed, answered;
static Histogram latencies;

static bool cuts, stays;
static Connection *connections;
static int next_connection;

static void dial_next(Connection *connection) {
  if (stays && next_connection == options.connections) return;
  dial(stays ? &connections[next_connection++] : connection);
  dialed++;
}

// How many connections have had their answer.
static int go_on(Connection *connection, bool again) {
  bool was_open = connection->state == OPEN;
  int messages = receive(connection);
  bool is_over = messages < 0;
  if (is_over && connection->state != CLOSING) fail("the server hung up");
  if (!was_open && connection->state == OPEN) send_messages(connection, 1);
  if (messages > 0) {
    record(&latencies, now() - connection->dialed_at);
    answered++;
    if (!cuts && !stays) say_goodbye(connection);
    if (stays && again) dial_next(connection);
  }
  if (!is_over && !(cuts && messages > 0)) return messages;
  hang_up(connection, cuts);
  if (again) dial_next(connection);
  return is_over ? 0 : messages;
}

static int turn(bool again) {
  struct epoll_event events[EVENTS];
  int done = 0, count = epoll_wait(epoll, events, EVENTS, 10);
  for (int i = 0; i < count; i++) done += go_on(events[i].data.ptr, again);
  return done;
}

static bool is_full(void) { return stays && next_connection == options.connections && answered == dialed; }

// Those that were cut are forgotten; from now on every one stays.
static void begin_to_stay(int at_once) {
  while (answered < dialed) turn(false);
  cuts = false;
  stays = true;
  for (int i = 0; i < at_once; i++) dial_next(NULL);
}

void run_churn(void) {
  bool will_stay = !strcmp(options.mode, "stay");
  int at_once = options.connections < DIALING_AT_ONCE || !will_stay ? options.connections : DIALING_AT_ONCE;
  cuts = will_stay || !strcmp(options.mode, "cut");
  connections = calloc((size_t)options.connections, sizeof(Connection));
  for (int i = 0; i < at_once; i++, dialed++) dial(&connections[i]);
  Span span = begin_span();
  while (!is_over(&span, options.warmup, now())) turn(true);
  if (will_stay) begin_to_stay(at_once);
  latencies = (Histogram){0};
  span = begin_span();
  uint64_t messages = 0;
  while (!is_over(&span, options.seconds, now()) && !is_full()) messages += (uint64_t)turn(true);
  Span end = begin_span();
  double p50 = quantile(&latencies, 0.5), p99 = quantile(&latencies, 0.99);
  for (double last = now(); answered < dialed && now() - last < options.patience;)
    if (turn(false) > 0) last = now();
  printf("{\"seconds\":%.4f,\"messages\":%llu,\"serverCpu\":%.6f,\"loadCpu\":%.6f,\"p50\":%.0f,\"p99\":%.0f,"
         "\"loadTotal\":%.4f,\"expected\":%llu,\"received\":%llu,\"lost\":0}\n",
         end.wall - span.wall, (unsigned long long)messages, end.cpu - span.cpu, end.load - span.load, p50, p99,
         cpu_seconds(0), (unsigned long long)dialed, (unsigned long long)answered);
}
