#include "load.h"

static double server_seconds(void) {
  return options.pid ? cpu_seconds(options.pid) : 0;
}

Span begin_span(void) {
  return (Span){.wall = now(), .cpu = server_seconds(), .load = cpu_seconds(0)};
}

bool is_over(Span *span, double seconds, double at) {
  if (at < span->wall + seconds) return false;
  // A server that is given work at a fixed rate is not meant to be busy all the time.
  if (options.pid == 0 || options.rate > 0 || at >= span->wall + 4 * seconds) return true;
  if (at < span->next) return false;
  span->next = at + 0.005;
  return server_seconds() - span->cpu >= 0.9 * seconds;
}
