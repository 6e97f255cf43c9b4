// echo: every connection keeps `depth` messages going.
// fan-out: the first connection does, and everybody gets each. all-to-all: everybody does, and everybody gets each.
// open: messages leave at fixed times, whether or not earlier ones have come back.
#include "load.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum { EVENTS = 1024, DIALING_AT_ONCE = 128 };

static Connection *connections;
static int open_connections, lost_connections, senders;
// Of how many received messages one is an answer to the connection's own.
static uint64_t share;
static bool is_open_loop, is_stopping;
static uint64_t sent, received;
static Histogram latencies, lateness;

static void send_now(Connection *connection, uint64_t count, double at) {
  Departures departures = connection->departures;
  for (uint64_t i = 0; i < count; i++) departures.at[(connection->sent + i) & departures.mask] = at;
  send_messages(connection, count);
  sent += count;
}

static void take_messages(Connection *connection, uint64_t count, double at) {
  uint64_t before = connection->received / share;
  connection->received += count;
  received += count;
  uint64_t after = connection->received / share;
  Departures departures = connection->departures;
  for (uint64_t i = before; i < after; i++) record(&latencies, at - departures.at[i & departures.mask]);
  if (!is_open_loop && !is_stopping && connection - connections < senders) send_now(connection, after - before, at);
}

// Handles what has happened; false when nothing did within `timeout` milliseconds.
static bool turn(int timeout) {
  struct epoll_event events[EVENTS];
  int count = epoll_wait(epoll, events, EVENTS, timeout);
  for (int i = 0; i < count; i++) {
    Connection *connection = events[i].data.ptr;
    if (events[i].events & EPOLLOUT) flush_connection(connection);
    if (!(events[i].events & ~(unsigned)EPOLLOUT)) continue;
    bool was_open = connection->state == OPEN;
    int messages = receive(connection);
    if (messages < 0) {
      if (!was_open) fail("the server hung up during the handshake");
      hang_up(connection, false);
      lost_connections++;
      continue;
    }
    if (!was_open && connection->state == OPEN) open_connections++;
    if (messages > 0) take_messages(connection, (uint64_t)messages, now());
  }
  return count > 0;
}

static void connect_all(void) {
  int dialed = 0, total = options.connections;
  connections = calloc((size_t)total, sizeof(Connection));
  double last = now();
  while (open_connections < total) {
    while (dialed < total && dialed - open_connections < DIALING_AT_ONCE) {
      dial(&connections[dialed]);
      if (connections[dialed++].state == OPEN) open_connections++;
    }
    if (open_connections == total) break;
    if (turn(100)) last = now();
    else if (now() - last > 10) fail("only %d connections of %d opened", open_connections, total);
  }
}

// Lets the last handlers of `connected` run: whoever publishes now reaches everybody.
static void settle(double seconds) {
  for (double end = now() + seconds; now() < end;) turn(10);
}

static void share_departures(void) {
  bool fans_out = !strcmp(options.mode, "fan-out");
  uint64_t capacity = is_open_loop || fans_out ? 65536 : (uint64_t)options.depth;
  Departures common = fans_out ? new_departures(capacity) : (Departures){0};
  for (int i = 0; i < options.connections; i++)
    connections[i].departures = fans_out ? common : new_departures(capacity);
}

static void send_what_is_due(double start, double at) {
  static uint64_t done;
  for (double due = start + (double)done / options.rate; due <= at; due = start + (double)done / options.rate) {
    Connection *connection = &connections[done++ % (uint64_t)options.connections];
    if (connection->sent - connection->received > connection->departures.mask) fail("the server is too far behind");
    record(&lateness, at - due);
    send_now(connection, 1, due);
  }
}

static uint64_t expected(void) {
  bool is_for_all = !strcmp(options.mode, "fan-out") || !strcmp(options.mode, "all-to-all");
  return sent * (uint64_t)(is_for_all ? options.connections : 1);
}

static void drain(void) {
  is_stopping = true;
  for (double last = now(); received < expected() && now() - last < options.patience;)
    if (turn(10)) last = now();
  // What comes twice comes late.
  settle(0.05);
}

static void go_on(double start, double at) {
  if (is_open_loop) send_what_is_due(start, at);
  turn(is_open_loop ? 0 : 10);
}

void run_messages(void) {
  is_open_loop = !strcmp(options.mode, "open");
  bool alone = !strcmp(options.mode, "fan-out");
  senders = alone ? 1 : options.connections;
  share = !strcmp(options.mode, "all-to-all") ? (uint64_t)options.connections : 1;
  connect_all();
  share_departures();
  settle(0.15);

  Span span = begin_span();
  double start = span.wall, at = start;
  if (!is_open_loop) for (int i = 0; i < senders; i++) send_now(&connections[i], (uint64_t)options.depth, start);
  for (; !is_over(&span, options.warmup, at); at = now()) go_on(start, at);
  memset(&latencies, 0, sizeof latencies);
  memset(&lateness, 0, sizeof lateness);
  uint64_t before = received;
  span = begin_span();
  for (at = span.wall; !is_over(&span, options.seconds, at); at = now()) go_on(start, at);

  Span end = begin_span();
  uint64_t messages = received - before;
  double p50 = quantile(&latencies, 0.5), p99 = quantile(&latencies, 0.99), late = quantile(&lateness, 0.99);
  drain();
  printf("{\"seconds\":%.4f,\"messages\":%llu,\"serverCpu\":%.6f,\"loadCpu\":%.6f,\"p50\":%.0f,\"p99\":%.0f,"
         "\"late\":%.0f,\"loadTotal\":%.4f,\"expected\":%llu,\"received\":%llu,\"lost\":%d}\n",
         end.wall - span.wall, (unsigned long long)messages, end.cpu - span.cpu, end.load - span.load, p50, p99, late,
         cpu_seconds(0), (unsigned long long)expected(), (unsigned long long)received, lost_connections);
}

// Holds the connections until standard input ends; then each must still answer.
void run_idle(void) {
  senders = 0;
  share = 1;
  double begin = now();
  connect_all();
  share_departures();
  settle(0.15);
  printf("open\n");
  fflush(stdout);
  struct epoll_event input = {.events = EPOLLIN};
  int both = epoll_create1(0);
  epoll_ctl(both, EPOLL_CTL_ADD, epoll, &input);
  input.data.fd = 1;
  epoll_ctl(both, EPOLL_CTL_ADD, STDIN_FILENO, &input);
  char word[16];
  for (;;) {
    struct epoll_event event;
    if (epoll_wait(both, &event, 1, 1000) < 1) continue;
    if (event.data.fd != 1) turn(0);
    else if (read(STDIN_FILENO, word, sizeof word) <= 0) break;
  }
  for (int i = 0; i < options.connections; i++)
    if (connections[i].state == OPEN) send_now(&connections[i], 1, now());
  drain();
  printf("{\"seconds\":%.4f,\"expected\":%d,\"received\":%llu,\"lost\":%d}\n", now() - begin, options.connections,
         (unsigned long long)received, lost_connections);
}
