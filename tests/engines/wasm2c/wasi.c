// A host of WASI 0.1 for programs that wasm2c has made C of. In: `program.h`, which wasm2c wrote for the module
// `program`, and a command line, `--dir DIRECTORY` for what is to be the program's `/`, then its arguments. Out:
// the program's exit status, or 134 for a trap. Not its job: keeping a hostile program in; only names that lead
// out of the directory by themselves are refused, not links.

#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#include "program.h"
#include "wasm-rt-impl.h"

// Descriptors of the program are those of this process. The first that is free is the directory's.
enum { ROOT = 3 };

typedef struct Z_wasi_snapshot_preview1_instance_t {
  Z_program_instance_t program;
  int argc;
  char** argv;
  bool root;
} Host;

extern char** environ;

#define WASI(result, name, ...) result Z_wasi_snapshot_preview1Z_##name(Host* host, ##__VA_ARGS__)

// Error numbers of WASI 0.1.
enum { BADF = 8, FAULT = 21, INVAL = 28, IO = 29, NAMETOOLONG = 37, NOTSUP = 58, NOTCAPABLE = 76 };

static u32 failed(void) {
  switch (errno) {
    case EACCES: return 2;
    case EAGAIN: return 6;
    case EBADF: return BADF;
    case EBUSY: return 10;
    case EEXIST: return 20;
    case EFBIG: return 22;
    case EINTR: return 27;
    case EINVAL: return INVAL;
    case EISDIR: return 31;
    case ELOOP: return 32;
    case EMFILE: return 33;
    case EMLINK: return 34;
    case ENAMETOOLONG: return NAMETOOLONG;
    case ENOENT: return 44;
    case ENOMEM: return 48;
    case ENOSPC: return 51;
    case ENOTDIR: return 54;
    case ENOTEMPTY: return 55;
    case EOPNOTSUPP: return NOTSUP;
    case EOVERFLOW: return 61;
    case EPERM: return 63;
    case EPIPE: return 64;
    case EROFS: return 69;
    case ESPIPE: return 70;
    case EXDEV: return 75;
    default: return IO;
  }
}

static u32 result(int value) { return value < 0 ? failed() : 0; }

// What lies in the program's memory; null where there are not as many bytes.
static void* at(Host* host, u32 address, u64 len) {
  wasm_rt_memory_t* memory = Z_programZ_memory(&host->program);
  return address + len <= memory->size ? memory->data + address : NULL;
}

static u32 put(Host* host, u32 address, const void* value, size_t len) {
  void* to = at(host, address, len);
  if (!to) return FAULT;
  memcpy(to, value, len);
  return 0;
}

static u32 put32(Host* host, u32 address, u32 value) { return put(host, address, &value, sizeof value); }
static u32 put64(Host* host, u32 address, u64 value) { return put(host, address, &value, sizeof value); }

static u64 nanoseconds(struct timespec time) { return time.tv_sec * 1000000000ull + time.tv_nsec; }

// A name below a directory, with a nul behind it; the number of an error where it leads out, or is none.
static u32 name(Host* host, u32 address, u32 len, char path[PATH_MAX]) {
  const char* from = at(host, address, len);
  if (!from) return FAULT;
  if (len >= PATH_MAX) return NAMETOOLONG;
  if (memchr(from, 0, len)) return INVAL;
  memcpy(path, from, len);
  path[len] = 0;
  if (path[0] == '/') return NOTCAPABLE;
  int depth = 0;
  for (char* part = path; *part;) {
    size_t step = strcspn(part, "/");
    if (step == 2 && !memcmp(part, "..", 2)) {
      if (--depth < 0) return NOTCAPABLE;
    } else if (step > 0 && !(step == 1 && *part == '.')) {
      depth++;
    }
    part += step + (part[step] == '/');
  }
  return 0;
}

#define NAME(path, address, len)                         \
  char path[PATH_MAX];                                   \
  do {                                                   \
    u32 refused = name(host, address, len, path);        \
    if (refused) return refused;                         \
  } while (0)

// ---- Arguments and environment

static u32 sizes(Host* host, char** list, u32 count_at, u32 bytes_at) {
  u32 count = 0, bytes = 0;
  for (; list[count]; count++) bytes += strlen(list[count]) + 1;
  u32 bad = put32(host, count_at, count);
  return bad ? bad : put32(host, bytes_at, bytes);
}

static u32 strings(Host* host, char** list, u32 list_at, u32 bytes_at) {
  for (; *list; list++) {
    u32 len = strlen(*list) + 1;
    u32 bad = put32(host, list_at, bytes_at);
    if (!bad) bad = put(host, bytes_at, *list, len);
    if (bad) return bad;
    list_at += 4;
    bytes_at += len;
  }
  return 0;
}

WASI(u32, args_sizes_get, u32 count, u32 bytes) { return sizes(host, host->argv, count, bytes); }
WASI(u32, args_get, u32 list, u32 bytes) { return strings(host, host->argv, list, bytes); }
WASI(u32, environ_sizes_get, u32 count, u32 bytes) { return sizes(host, environ, count, bytes); }
WASI(u32, environ_get, u32 list, u32 bytes) { return strings(host, environ, list, bytes); }
WASI(void, proc_exit, u32 status) { exit((int)status); }

// ---- Clocks and random bytes

static const clockid_t CLOCKS[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID};

WASI(u32, clock_res_get, u32 clock, u32 to) {
  struct timespec time;
  if (clock > 3 || clock_getres(CLOCKS[clock], &time)) return INVAL;
  return put64(host, to, nanoseconds(time));
}

WASI(u32, clock_time_get, u32 clock, u64 precision, u32 to) {
  struct timespec time;
  (void)precision;
  if (clock > 3 || clock_gettime(CLOCKS[clock], &time)) return INVAL;
  return put64(host, to, nanoseconds(time));
}

WASI(u32, random_get, u32 to, u32 len) {
  char* bytes = at(host, to, len);
  if (!bytes) return FAULT;
  while (len > 0) {
    ssize_t done = getrandom(bytes, len, 0);
    if (done < 0) return failed();
    bytes += done;
    len -= done;
  }
  return 0;
}

// Waits for the first timer, or until something can be read or written.
WASI(u32, poll_oneoff, u32 subscriptions, u32 events, u32 count, u32 done_at) {
  enum { SUBSCRIPTION = 48, EVENT = 32 };
  if (count == 0) return INVAL;
  u8* in = at(host, subscriptions, (u64)count * SUBSCRIPTION);
  u8* out = at(host, events, (u64)count * EVENT);
  struct pollfd* polled = calloc(count, sizeof *polled);
  u64* due = calloc(count, sizeof *due);
  if (!in || !out || !polled || !due) return FAULT;
  struct timespec now;
  u64 first = UINT64_MAX;
  for (u32 i = 0; i < count; i++) {
    u8* of = in + i * SUBSCRIPTION;
    polled[i].fd = -1;
    if (of[8] == 0) {
      u32 clock;
      u16 absolute;
      memcpy(&clock, of + 16, 4);
      memcpy(&due[i], of + 24, 8);
      memcpy(&absolute, of + 40, 2);
      if (clock > 1) return NOTSUP;
      clock_gettime(CLOCKS[clock], &now);
      if (absolute) due[i] = due[i] > nanoseconds(now) ? due[i] - nanoseconds(now) : 0;
      if (due[i] < first) first = due[i];
    } else {
      memcpy(&polled[i].fd, of + 16, 4);
      polled[i].events = of[8] == 1 ? POLLIN : POLLOUT;
    }
  }
  struct timespec timeout = {first / 1000000000, first % 1000000000};
  int ready = ppoll(polled, count, first == UINT64_MAX ? NULL : &timeout, NULL);
  if (ready < 0) return failed();
  u32 done = 0;
  for (u32 i = 0; i < count; i++) {
    u8* of = in + i * SUBSCRIPTION;
    bool timer = of[8] == 0;
    if (timer ? ready > 0 || due[i] > first : !polled[i].revents) continue;
    u8* event = out + done++ * EVENT;
    memset(event, 0, EVENT);
    memcpy(event, of, 8);
    event[10] = of[8];
    if (polled[i].revents & POLLNVAL) event[8] = BADF;
  }
  free(polled);
  free(due);
  return put32(host, done_at, done);
}

// ---- Descriptors

static u8 filetype(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFBLK: return 1;
    case S_IFCHR: return 2;
    case S_IFDIR: return 3;
    case S_IFREG: return 4;
    case S_IFSOCK: return 6;
    case S_IFLNK: return 7;
    default: return 0;
  }
}

static u32 put_stat(Host* host, u32 to, const struct stat* stat) {
  u64 fields[8] = {stat->st_dev, stat->st_ino, filetype(stat->st_mode), stat->st_nlink, stat->st_size,
                   nanoseconds(stat->st_atim), nanoseconds(stat->st_mtim), nanoseconds(stat->st_ctim)};
  return put(host, to, fields, sizeof fields);
}

WASI(u32, fd_fdstat_get, u32 fd, u32 to) {
  enum { READ = 1 << 1, SEEK = 1 << 2, TELL = 1 << 5, WRITE = 1 << 6 };
  struct stat stat;
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fstat(fd, &stat)) return failed();
  u64 fields[3] = {filetype(stat.st_mode), UINT64_MAX, UINT64_MAX};
  u16 own = (flags & O_APPEND ? 1 : 0) | (flags & O_NONBLOCK ? 4 : 0);
  memcpy((u8*)fields + 2, &own, 2);
  if ((flags & O_ACCMODE) == O_RDONLY) fields[1] &= ~(u64)WRITE;
  if ((flags & O_ACCMODE) == O_WRONLY) fields[1] &= ~(u64)READ;
  // By this wasi-libc knows a terminal.
  if (isatty(fd)) fields[1] &= ~(u64)(SEEK | TELL);
  return put(host, to, fields, sizeof fields);
}

WASI(u32, fd_filestat_get, u32 fd, u32 to) {
  struct stat stat;
  return fstat(fd, &stat) ? failed() : put_stat(host, to, &stat);
}

WASI(u32, fd_prestat_get, u32 fd, u32 to) {
  if (fd != ROOT || !host->root) return BADF;
  return put64(host, to, 1ull << 32);
}

WASI(u32, fd_prestat_dir_name, u32 fd, u32 to, u32 len) {
  if (fd != ROOT || !host->root) return BADF;
  return len < 1 ? NAMETOOLONG : put(host, to, "/", 1);
}

WASI(u32, fd_close, u32 fd) { return result(close(fd)); }
WASI(u32, fd_sync, u32 fd) { return result(fsync(fd)); }
WASI(u32, fd_datasync, u32 fd) { return result(fdatasync(fd)); }
WASI(u32, fd_filestat_set_size, u32 fd, u64 size) { return result(ftruncate(fd, size)); }

WASI(u32, fd_advise, u32 fd, u64 offset, u64 len, u32 advice) {
  static const int ADVICE[] = {POSIX_FADV_NORMAL,   POSIX_FADV_SEQUENTIAL, POSIX_FADV_RANDOM,
                               POSIX_FADV_WILLNEED, POSIX_FADV_DONTNEED,   POSIX_FADV_NOREUSE};
  if (advice > 5) return INVAL;
  errno = posix_fadvise(fd, offset, len, ADVICE[advice]);
  return errno ? failed() : 0;
}

static bool times(u64 accessed, u64 modified, u32 which, struct timespec to[2]) {
  u64 given[2] = {accessed, modified};
  for (int i = 0; i < 2; i++, which >>= 2) {
    if ((which & 3) == 3) return false;
    to[i].tv_sec = given[i] / 1000000000;
    to[i].tv_nsec = which & 2 ? UTIME_NOW : which & 1 ? (long)(given[i] % 1000000000) : UTIME_OMIT;
  }
  return true;
}

WASI(u32, fd_filestat_set_times, u32 fd, u64 accessed, u64 modified, u32 which) {
  struct timespec to[2];
  return times(accessed, modified, which, to) ? result(futimens(fd, to)) : INVAL;
}

// What reads into, or writes out of, several pieces of the program's memory.
static u32 transfer(Host* host, bool write, u32 fd, s64 offset, u32 list, u32 count, u32 done_at) {
  enum { MOST = 64 };
  struct iovec vectors[MOST];
  if (count > MOST) count = MOST;
  u32* pairs = at(host, list, count * 8ull);
  if (!pairs) return FAULT;
  for (u32 i = 0; i < count; i++) {
    vectors[i] = (struct iovec){at(host, pairs[2 * i], pairs[2 * i + 1]), pairs[2 * i + 1]};
    if (!vectors[i].iov_base) return FAULT;
  }
  // An offset of -1 is where the descriptor is.
  ssize_t done = write ? pwritev2(fd, vectors, count, offset, 0) : preadv2(fd, vectors, count, offset, 0);
  return done < 0 ? failed() : put32(host, done_at, done);
}

WASI(u32, fd_read, u32 fd, u32 list, u32 count, u32 done) { return transfer(host, false, fd, -1, list, count, done); }
WASI(u32, fd_write, u32 fd, u32 list, u32 count, u32 done) { return transfer(host, true, fd, -1, list, count, done); }

WASI(u32, fd_pread, u32 fd, u32 list, u32 count, u64 offset, u32 done) {
  return (s64)offset < 0 ? INVAL : transfer(host, false, fd, offset, list, count, done);
}

WASI(u32, fd_pwrite, u32 fd, u32 list, u32 count, u64 offset, u32 done) {
  return (s64)offset < 0 ? INVAL : transfer(host, true, fd, offset, list, count, done);
}

// Cookies are positions.
WASI(u32, fd_readdir, u32 fd, u32 to, u32 room, u64 cookie, u32 used_at) {
  u8* out = at(host, to, room);
  if (!out) return FAULT;
  int again = openat(fd, ".", O_RDONLY | O_DIRECTORY);
  DIR* directory = again < 0 ? NULL : fdopendir(again);
  if (!directory) return failed();
  u32 used = 0;
  u64 position = 0;
  for (struct dirent* entry; used < room && (entry = readdir(directory));) {
    if (position++ < cookie) continue;
    u64 head[3] = {position, entry->d_ino, strlen(entry->d_name) | (u64)filetype(DTTOIF(entry->d_type)) << 32};
    const void* parts[2] = {head, entry->d_name};
    size_t lens[2] = {sizeof head, strlen(entry->d_name)};
    for (int i = 0; i < 2; i++) {
      u32 len = lens[i] < room - used ? lens[i] : room - used;
      memcpy(out + used, parts[i], len);
      used += len;
    }
  }
  closedir(directory);
  return put32(host, used_at, used);
}

// ---- Names

WASI(u32, path_open, u32 fd, u32 follow, u32 address, u32 len, u32 how, u64 rights, u64 inheriting, u32 flags, u32 to) {
  enum { READ = 1 << 1, READDIR = 1 << 14, WRITES = 1 << 0 | 1 << 6 | 1 << 8 | 1 << 22 };
  (void)inheriting;
  NAME(path, address, len);
  bool read = rights & (READ | READDIR), write = rights & WRITES && !(how & 2);
  int open = write ? (read ? O_RDWR : O_WRONLY) : O_RDONLY;
  if (how & 1) open |= O_CREAT;
  if (how & 2) open |= O_DIRECTORY;
  if (how & 4) open |= O_EXCL;
  if (how & 8) open |= O_TRUNC;
  if (flags & 1) open |= O_APPEND;
  if (flags & 4) open |= O_NONBLOCK;
  if (!(follow & 1)) open |= O_NOFOLLOW;
  int opened = openat(fd, path, open | O_CLOEXEC, 0666);
  return opened < 0 ? failed() : put32(host, to, opened);
}

WASI(u32, path_filestat_get, u32 fd, u32 follow, u32 address, u32 len, u32 to) {
  NAME(path, address, len);
  struct stat stat;
  return fstatat(fd, path, &stat, follow & 1 ? 0 : AT_SYMLINK_NOFOLLOW) ? failed() : put_stat(host, to, &stat);
}

WASI(u32, path_filestat_set_times, u32 fd, u32 follow, u32 address, u32 len, u64 accessed, u64 modified, u32 which) {
  NAME(path, address, len);
  struct timespec to[2];
  if (!times(accessed, modified, which, to)) return INVAL;
  return result(utimensat(fd, path, to, follow & 1 ? 0 : AT_SYMLINK_NOFOLLOW));
}

WASI(u32, path_create_directory, u32 fd, u32 address, u32 len) {
  NAME(path, address, len);
  return result(mkdirat(fd, path, 0777));
}

WASI(u32, path_remove_directory, u32 fd, u32 address, u32 len) {
  NAME(path, address, len);
  return result(unlinkat(fd, path, AT_REMOVEDIR));
}

WASI(u32, path_unlink_file, u32 fd, u32 address, u32 len) {
  NAME(path, address, len);
  return result(unlinkat(fd, path, 0));
}

WASI(u32, path_link, u32 old, u32 follow, u32 old_address, u32 old_len, u32 fd, u32 address, u32 len) {
  NAME(from, old_address, old_len);
  NAME(path, address, len);
  return follow & 1 ? INVAL : result(linkat(old, from, fd, path, 0));
}

WASI(u32, path_rename, u32 old, u32 old_address, u32 old_len, u32 fd, u32 address, u32 len) {
  NAME(from, old_address, old_len);
  NAME(path, address, len);
  return result(renameat(old, from, fd, path));
}

WASI(u32, path_symlink, u32 old_address, u32 old_len, u32 fd, u32 address, u32 len) {
  NAME(target, old_address, old_len);
  NAME(path, address, len);
  return result(symlinkat(target, fd, path));
}

WASI(u32, path_readlink, u32 fd, u32 address, u32 len, u32 to, u32 room, u32 used_at) {
  NAME(path, address, len);
  char* out = at(host, to, room);
  if (!out) return FAULT;
  ssize_t used = readlinkat(fd, path, out, room);
  return used < 0 ? failed() : put32(host, used_at, used);
}

int main(int argc, char** argv) {
  static Host host;
  if (argc > 2 && !strcmp(argv[1], "--dir")) {
    int directory = open(argv[2], O_RDONLY | O_DIRECTORY);
    if (directory < 0 || dup2(directory, ROOT) < 0) return perror(argv[2]), 2;
    if (directory != ROOT) close(directory);
    host.root = true;
    argv[2] = argv[0];
    argv += 2;
  }
  host.argv = argv;
  wasm_rt_init();
  wasm_rt_trap_t trap = wasm_rt_impl_try();
  if (trap) return fprintf(stderr, "trap: %s\n", wasm_rt_strerror(trap)), 134;
  Z_program_init_module();
  Z_program_instantiate(&host.program, &host);
  Z_programZ__start(&host.program);
  return 0;
}
