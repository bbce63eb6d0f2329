/* What a program does to the files below one folder, recorded call by call, or made to fail.

   Loaded by LD_PRELOAD, steered from Python by ctypes (`stage.py`). Calls on other files pass. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))
#define MOST 4096 /* file descriptors */

enum { WRITE = 1, SYNC = 2, NAME = 4, REMOVE = 8 }; /* kinds of calls that can be made to fail */

static char root[PATH_MAX];
static size_t root_length;
static char watched[MOST];
static int log_fd = -1, first_fd = -1;
static long calls, at_call; /* counted calls; the one at which something happens */
static int fault, lasting, kinds, deadly;

static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

/* Steering */

void disk_watch(const char *folder) {
    snprintf(root, sizeof root, "%s", folder);
    root_length = strlen(root);
    memset(watched, 0, sizeof watched);
    calls = at_call = 0;
}
void disk_record(int fd) { log_fd = fd; }
void disk_tell_first(int fd) { first_fd = fd; }
long disk_calls(void) { return calls; }
/* From call `k` on those of some kinds fail, or that one alone; `error` 0 kills the process:
   `how` 1 before the call, 2 in the middle of a write, 3 after it. */
void disk_fail(long k, int which, int error, int how) {
    at_call = k; kinds = which; fault = error;
    lasting = error && how; deadly = error ? 0 : how; calls = 0;
}

/* The record: op, three numbers, the lengths of two texts, and these. */

static void put(const void *data, size_t length) {
    const char *from = data;
    while (length) {
        ssize_t n = REAL(write)(log_fd, from, length);
        if (n < 0) abort();
        from += n; length -= n;
    }
}
static void record(char op, int64_t a, int64_t b, int64_t c, const char *one, const void *two,
                   size_t length) {
    if (log_fd < 0) return;
    int saved = errno;
    int64_t head[6] = {op, a, b, c, one ? (int64_t)strlen(one) : 0, (int64_t)length};
    put(head, sizeof head);
    if (one) put(one, strlen(one));
    if (length) put(two, length);
    errno = saved;
}
void disk_mark(const char *text) { record('M', 0, 0, 0, text, NULL, 0); }

/* What a call is about */

struct place { int ours; int64_t folder; char name[NAME_MAX + 1]; };

static struct place place_of(int dirfd, const char *path) {
    struct place found = {0, 0, ""};
    char whole[PATH_MAX * 2], folder[PATH_MAX * 2];
    struct stat told;
    int saved = errno;
    if (!root_length || !path) return found;
    if (path[0] == '/') snprintf(whole, sizeof whole, "%s", path);
    else {
        char base[PATH_MAX], link[64];
        if (dirfd == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
        else snprintf(link, sizeof link, "/proc/self/fd/%d", dirfd);
        ssize_t n = readlink(link, base, sizeof base - 1);
        if (n < 0) return found;
        base[n] = 0;
        snprintf(whole, sizeof whole, "%s/%s", base, path);
    }
    size_t length = strlen(whole);
    while (length > 1 && whole[length - 1] == '/') whole[--length] = 0;
    if (!strncmp(whole, root, root_length) && (whole[root_length] == '/' || !whole[root_length])) {
        found.ours = 1;
        snprintf(folder, sizeof folder, "%s", whole);
        char *slash = strrchr(folder, '/');
        snprintf(found.name, sizeof found.name, "%s", slash + 1);
        *slash = 0;
        if (!stat(folder, &told)) found.folder = (int64_t)told.st_ino;
    }
    errno = saved;
    return found;
}
static int64_t node(int fd) {
    struct stat told;
    int saved = errno;
    int64_t found = fstat(fd, &told) ? 0 : (int64_t)told.st_ino;
    errno = saved;
    return found;
}
static int64_t node_at(int dirfd, const char *path) {
    struct stat told;
    int saved = errno;
    int64_t found = fstatat(dirfd, path, &told, AT_SYMLINK_NOFOLLOW) ? 0 : (int64_t)told.st_ino;
    errno = saved;
    return found;
}
static int ours(int fd) { return fd >= 0 && fd < MOST && watched[fd]; }

/* Count a call of a kind; tell whether it is to fail. */
static int fails(int kind) {
    calls++;
    if (first_fd >= 0) {
        if (REAL(write)(first_fd, "w", 1) != 1) abort();
        first_fd = -1;
    }
    if (!at_call || !(kinds & kind)) return 0;
    if (deadly == 1 && calls == at_call) raise(SIGKILL);
    if (fault && (lasting ? calls >= at_call : calls == at_call)) { errno = fault; return 1; }
    return 0;
}
static void after(void) {
    if (deadly >= 2 && calls == at_call && at_call) raise(SIGKILL);
}

/* Files */

static int opened(int fd, const struct place *at, int flags, int there) {
    if (fd >= 0 && fd < MOST) watched[fd] = (char)at->ours;
    if (fd >= 0 && at->ours && (flags & O_CREAT) && !there)
        record('C', at->folder, node(fd), 0, at->name, NULL, 0);
    else if (fd >= 0 && at->ours && (flags & O_TRUNC)) record('T', node(fd), 0, 0, NULL, NULL, 0);
    if (fd >= 0 && at->ours && (flags & O_CREAT) && !there) after();
    return fd;
}
static int do_open(int dirfd, const char *path, int flags, mode_t mode) {
    struct place at = place_of(dirfd, path);
    int there = at.ours && (flags & O_CREAT) && node_at(dirfd, path);
    if (at.ours && (flags & O_CREAT) && !there && fails(NAME)) return -1;
    return opened(REAL(openat)(dirfd, path, flags, mode), &at, flags, there);
}
#define MODE(last) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, last); mode = va_arg(more, mode_t); va_end(more); }
int open(const char *path, int flags, ...) { MODE(flags) return do_open(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return do_open(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int dirfd, const char *path, int flags, ...) {
    MODE(flags)
    struct place at = place_of(dirfd, path);
    int there = at.ours && (flags & O_CREAT) && node_at(dirfd, path);
    if (at.ours && (flags & O_CREAT) && !there && fails(NAME)) return -1;
    return opened(REAL(openat64)(dirfd, path, flags, mode), &at, flags, there);
}
int openat64(int dirfd, const char *path, int flags, ...) { MODE(flags) return do_open(dirfd, path, flags | O_LARGEFILE, mode); }
int __open_2(const char *path, int flags) { return do_open(AT_FDCWD, path, flags, 0); }
int __open64_2(const char *path, int flags) { return do_open(AT_FDCWD, path, flags | O_LARGEFILE, 0); }

int close(int fd) {
    if (fd >= 0 && fd < MOST) watched[fd] = 0;
    return REAL(close)(fd);
}

static ssize_t do_write(int fd, const void *data, size_t length, off_t offset, int placed) {
    if (!ours(fd)) return placed ? REAL(pwrite64)(fd, data, length, offset) : REAL(write)(fd, data, length);
    if (fails(WRITE)) {
        struct stat told;
        off_t end = (placed ? offset : lseek(fd, 0, SEEK_CUR)) + (off_t)length;
        int fits = lasting && fault == ENOSPC && !fstat(fd, &told) && end <= told.st_size;
        errno = fault;
        /* A disk that is full takes what lies inside a file, and a part of what filled it. */
        if (!fits && !(lasting && fault == ENOSPC && calls == at_call && length > 1)) return -1;
        if (!fits) length /= 2;
    }
    if (deadly == 2 && calls == at_call && length > 1) length /= 2;
    ssize_t n = placed ? REAL(pwrite64)(fd, data, length, offset) : REAL(write)(fd, data, length);
    if (n > 0) {
        if (!placed) offset = lseek(fd, 0, SEEK_CUR) - n;
        record('W', node(fd), offset, 0, NULL, data, (size_t)n);
    }
    after();
    return n;
}
ssize_t write(int fd, const void *data, size_t length) { return do_write(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return do_write(fd, data, length, offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return do_write(fd, data, length, offset, 1); }

static int do_truncate(int fd, off_t length) {
    if (!ours(fd)) return REAL(ftruncate64)(fd, length);
    if (fails(WRITE)) return -1;
    int done = REAL(ftruncate64)(fd, length);
    if (!done) record('T', node(fd), length, 0, NULL, NULL, 0);
    after();
    return done;
}
int ftruncate(int fd, off_t length) { return do_truncate(fd, length); }
int ftruncate64(int fd, off64_t length) { return do_truncate(fd, length); }

#define SYNCS(name) \
    int name(int fd) { \
        if (!ours(fd)) return REAL(name)(fd); \
        if (fails(SYNC)) return -1; \
        record('S', node(fd), 0, 0, NULL, NULL, 0); \
        after(); \
        return 0; /* the disk is a model: nothing waits for a real one */ \
    }
SYNCS(fsync)
SYNCS(fdatasync)

/* A copy inside the kernel, which the record would miss: Python then reads and writes. */
ssize_t sendfile(int out, int in, off_t *offset, size_t n) { (void)out; (void)in; (void)offset; (void)n; errno = ENOSYS; return -1; }
ssize_t sendfile64(int out, int in, off64_t *offset, size_t n) { (void)out; (void)in; (void)offset; (void)n; errno = ENOSYS; return -1; }
ssize_t copy_file_range(int in, off64_t *a, int out, off64_t *b, size_t n, unsigned f) { (void)in; (void)a; (void)out; (void)b; (void)n; (void)f; errno = ENOSYS; return -1; }
ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (ours(fd)) { fputs("writev on a watched file\n", stderr); abort(); }
    return REAL(writev)(fd, parts, count);
}

/* Names */

static int do_rename(int from_fd, const char *from, int to_fd, const char *to) {
    struct place a = place_of(from_fd, from), b = place_of(to_fd, to);
    if (!a.ours && !b.ours) return REAL(renameat)(from_fd, from, to_fd, to);
    if (fails(NAME)) return -1;
    int64_t moved = node_at(from_fd, from);
    int done = REAL(renameat)(from_fd, from, to_fd, to);
    if (!done) record('R', a.folder, b.folder, moved, a.name, b.name, strlen(b.name));
    after();
    return done;
}
int rename(const char *from, const char *to) { return do_rename(AT_FDCWD, from, AT_FDCWD, to); }
int renameat(int from_fd, const char *from, int to_fd, const char *to) { return do_rename(from_fd, from, to_fd, to); }

static int do_unlink(int dirfd, const char *path, int flags) {
    struct place at = place_of(dirfd, path);
    if (!at.ours) return REAL(unlinkat)(dirfd, path, flags);
    if (!node_at(dirfd, path)) { errno = ENOENT; return -1; } /* nothing is done to the disk */
    if (fails(REMOVE)) return -1;
    int done = REAL(unlinkat)(dirfd, path, flags);
    if (!done) record('U', at.folder, 0, 0, at.name, NULL, 0);
    after();
    return done;
}
int unlink(const char *path) { return do_unlink(AT_FDCWD, path, 0); }
int unlinkat(int dirfd, const char *path, int flags) { return do_unlink(dirfd, path, flags); }
int rmdir(const char *path) { return do_unlink(AT_FDCWD, path, AT_REMOVEDIR); }

static int do_mkdir(int dirfd, const char *path, mode_t mode) {
    struct place at = place_of(dirfd, path);
    if (!at.ours) return REAL(mkdirat)(dirfd, path, mode);
    if (node_at(dirfd, path)) { errno = EEXIST; return -1; }
    if (fails(NAME)) return -1;
    int done = REAL(mkdirat)(dirfd, path, mode);
    if (!done) record('D', at.folder, node_at(dirfd, path), 0, at.name, NULL, 0);
    after();
    return done;
}
int mkdir(const char *path, mode_t mode) { return do_mkdir(AT_FDCWD, path, mode); }
int mkdirat(int dirfd, const char *path, mode_t mode) { return do_mkdir(dirfd, path, mode); }

static int do_link(int from_fd, const char *from, int to_fd, const char *to, int flags) {
    struct place at = place_of(to_fd, to);
    if (!at.ours) return REAL(linkat)(from_fd, from, to_fd, to, flags);
    if (fails(NAME)) return -1;
    int done = REAL(linkat)(from_fd, from, to_fd, to, flags);
    if (!done) record('L', at.folder, node_at(to_fd, to), 0, at.name, NULL, 0);
    after();
    return done;
}
int link(const char *from, const char *to) { return do_link(AT_FDCWD, from, AT_FDCWD, to, 0); }
int linkat(int from_fd, const char *from, int to_fd, const char *to, int flags) { return do_link(from_fd, from, to_fd, to, flags); }
