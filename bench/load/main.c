#include "load.h"
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

int main(int count, char **words) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  read_options(count, words);
  prepare_payload();
  epoll = epoll_create1(0);
  if (!strcmp(options.mode, "churn") || !strcmp(options.mode, "cut") || !strcmp(options.mode, "stay"))
    run_churn();
  else if (!strcmp(options.mode, "idle")) run_idle();
  else run_messages();
}
