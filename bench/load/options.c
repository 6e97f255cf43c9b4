#include "load.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

Options options = {.path = "/", .prefix = "", .suffix = "", .connections = 1, .size = 64, .depth = 1, .patience = 5};

static Dialect dialect_named(const char *name) {
  if (!strcmp(name, "websocket")) return WEBSOCKET;
  if (!strcmp(name, "socket.io")) return SOCKET_IO;
  if (!strcmp(name, "raw")) return RAW;
  fail("no such dialect: %s", name);
}

// Words of the form name=value.
void read_options(int count, char **words) {
  for (int i = 1; i < count; i++) {
    char *value = strchr(words[i], '=');
    if (!value) fail("not name=value: %s", words[i]);
    *value++ = 0;
    const char *name = words[i];
    if (!strcmp(name, "mode")) options.mode = value;
    else if (!strcmp(name, "dialect")) options.dialect = dialect_named(value);
    else if (!strcmp(name, "path")) options.path = value;
    else if (!strcmp(name, "prefix")) options.prefix = value;
    else if (!strcmp(name, "suffix")) options.suffix = value;
    else if (!strcmp(name, "port")) options.port = atoi(value);
    else if (!strcmp(name, "connections")) options.connections = atoi(value);
    else if (!strcmp(name, "size")) options.size = atoi(value);
    else if (!strcmp(name, "depth")) options.depth = atoi(value);
    else if (!strcmp(name, "pid")) options.pid = atoi(value);
    else if (!strcmp(name, "warmup")) options.warmup = atof(value);
    else if (!strcmp(name, "seconds")) options.seconds = atof(value);
    else if (!strcmp(name, "rate")) options.rate = atof(value);
    else if (!strcmp(name, "patience")) options.patience = atof(value);
    else fail("no such option: %s", name);
  }
  if (!options.mode || options.port <= 0 || options.connections <= 0) fail("mode, port and connections are needed");
}

double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

// User and system time of all threads of a process; of this one for 0.
double cpu_seconds(int pid) {
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &time)) fail("process %d is gone", pid);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

void fail(const char *format, ...) {
  va_list values;
  va_start(values, format);
  vfprintf(stderr, format, values);
  va_end(values);
  fputc('\n', stderr);
  exit(1);
}
