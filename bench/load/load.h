// The load generator: drives one WebSocket server on this machine and counts what comes back. One epoll loop, no
// allocation per message. `../load.mjs` compiles and starts it; `options.c` has the command line.
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum { WEBSOCKET, SOCKET_IO, RAW } Dialect;

typedef struct {
  const char *mode, *path, *prefix, *suffix;
  Dialect dialect;
  int port, connections, size, depth, pid;
  double warmup, seconds, rate, patience;
} Options;

extern Options options;
void read_options(int count, char **words);

double now(void);
double cpu_seconds(int pid);

// A stretch of time: begun at `wall`, when the server had worked for `cpu` and we for `load`.
typedef struct {
  double wall, cpu, load, next;
} Span;

Span begin_span(void);
// On a machine that others use as well, a stretch lasts until the server has had its seconds of processor time, but at
// most four times as long; so what is measured is equally warm, and equally much, for every contender.
bool is_over(Span *span, double seconds, double at);

__attribute__((noreturn, format(printf, 1, 2))) void fail(const char *format, ...);

// Latencies in seconds, to 0.2 %.
typedef struct {
  uint64_t total;
  uint32_t counts[16384];
} Histogram;

void record(Histogram *histogram, double seconds);
double quantile(const Histogram *histogram, double share);

// When each message of a sender went out, or should have; the senders and their followers share one.
typedef struct {
  double *at;
  uint64_t mask;
} Departures;

typedef struct {
  int fd;
  enum { CLOSED, HANDSHAKE, HELLO, OPEN, CLOSING } state;
  bool waits_to_write;
  // The frame that is coming in.
  unsigned char head[10], opcode;
  int head_length;
  uint64_t length, left;
  // What goes out is the same frame again and again: how many bytes are owed, and where in the frame the next one is.
  uint64_t owed;
  size_t offset;
  uint64_t sent, received;
  double dialed_at;
  Departures departures;
  char *early;
  int early_length;
} Connection;

extern int epoll;
void prepare_payload(void);
void dial(Connection *connection);
void hang_up(Connection *connection, bool reset);
void send_messages(Connection *connection, uint64_t count);
void flush_connection(Connection *connection);
// Sends a Close; what comes from then on is thrown away.
void say_goodbye(Connection *connection);
// Reads once. The number of whole messages, or -1 when the connection is gone.
int receive(Connection *connection);
Departures new_departures(uint64_t capacity);

void run_messages(void);
void run_churn(void);
void run_idle(void);

#endif
