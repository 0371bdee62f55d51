/*
 * Loaded with LD_PRELOAD: lets one call of the system fail, or all from it on, that writes to files below a folder.
 *
 *   PIPE_FAULT_FOLDER   only calls on files below this folder count
 *   PIPE_FAULT_CALL     the number of the call that fails, from 1; 0 for none
 *   PIPE_FAULT_ERRNO    the error
 *   PIPE_FAULT_FOREVER  1 if all later calls fail too
 *   PIPE_FAULT_COUNT    a file that gets the number of calls at the end of the process
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls;
static long target;
static int code, forever;
static const char *folder;

__attribute__((constructor)) static void read_settings(void) {
  const char *call = getenv("PIPE_FAULT_CALL"), *number = getenv("PIPE_FAULT_ERRNO"), *all = getenv("PIPE_FAULT_FOREVER");
  folder = getenv("PIPE_FAULT_FOLDER");
  target = call ? atol(call) : 0;
  code = number ? atoi(number) : EIO;
  forever = all && *all == '1';
}

__attribute__((destructor)) static void write_count(void) {
  const char *path = getenv("PIPE_FAULT_COUNT");
  FILE *file = path ? fopen(path, "w") : NULL;
  if (!file) return;
  fprintf(file, "%ld\n", atomic_load(&calls));
  fclose(file);
}

static int fails(const char *path) {
  if (!folder || !path || strncmp(path, folder, strlen(folder)) != 0) return 0;
  long number = atomic_fetch_add(&calls, 1) + 1;
  if (target == 0 || number < target || (number > target && !forever)) return 0;
  errno = code;
  return 1;
}

static int descriptor_fails(int descriptor) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return fails(path);
}

#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define ON_DESCRIPTOR(type, name, parameters, arguments) \
  type name parameters { return descriptor_fails(descriptor) ? -1 : NEXT(name) arguments; }
#define ON_PATH(name, parameters, arguments) \
  int name parameters { return fails(path) ? -1 : NEXT(name) arguments; }

ON_DESCRIPTOR(ssize_t, write, (int descriptor, const void *data, size_t size), (descriptor, data, size))
ON_DESCRIPTOR(ssize_t, pwrite, (int descriptor, const void *data, size_t size, off_t at), (descriptor, data, size, at))
ON_DESCRIPTOR(ssize_t, pwrite64, (int descriptor, const void *data, size_t size, off64_t at), (descriptor, data, size, at))
ON_DESCRIPTOR(ssize_t, writev, (int descriptor, const struct iovec *data, int count), (descriptor, data, count))
ON_DESCRIPTOR(ssize_t, pwritev, (int descriptor, const struct iovec *data, int count, off_t at), (descriptor, data, count, at))
ON_DESCRIPTOR(ssize_t, pwritev64, (int descriptor, const struct iovec *data, int count, off64_t at), (descriptor, data, count, at))
ON_DESCRIPTOR(int, fsync, (int descriptor), (descriptor))
ON_DESCRIPTOR(int, fdatasync, (int descriptor), (descriptor))
ON_PATH(rename, (const char *path, const char *to), (path, to))
ON_PATH(link, (const char *path, const char *to), (path, to))
ON_PATH(unlink, (const char *path), (path))
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))

static int is_writing(int flags) {
  return (flags & (O_WRONLY | O_RDWR | O_CREAT)) != 0 || code == EMFILE || code == EIO;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0; \
    va_end(rest); \
    return is_writing(flags) && fails(path) ? -1 : NEXT(name)(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)
