/*
 * Loaded with LD_PRELOAD: limits the address space of the process, as `ulimit -v` does.
 *
 *   PIPE_MEMORY_LIMIT   the limit in megabytes
 */
#include <stdlib.h>
#include <sys/resource.h>

__attribute__((constructor)) static void limit_memory(void) {
  const char *text = getenv("PIPE_MEMORY_LIMIT");
  if (!text) return;
  rlim_t bytes = (rlim_t)atol(text) * 1024 * 1024;
  setrlimit(RLIMIT_AS, &(struct rlimit){bytes, bytes});
}
