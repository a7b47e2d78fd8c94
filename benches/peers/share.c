/* A slow share for share.py: a library that is loaded before a program's own (LD_PRELOAD) and makes files below the
   folder SHARE as slow as on a server far away. Everything else is untouched.

   What is modelled is a client of SMB that keeps what it knows, as with a lease, and does not read ahead:
   - SHARE_MS: one round trip, in milliseconds. The first look at a path (stat, access or readlink) and the first time it
     is opened take one each; a process that looks or opens again waits no more. fstat takes none, as the answer to an
     open brings the size and times.
   - A file is fetched in blocks of SHARE_BLOCK bytes (1 MB, or up to its end), each at the first read in it, and one
     after the other: each takes a round trip. So who reads 4 KB at a time waits as often as who reads 1 MB at a time.
     A read at the end of a file takes none: the client knows the size. What a program maps is fetched when it is mapped.
   - SHARE_MB: how many megabytes (10^6 bytes) a second the line carries, for all threads together, and with SHARE_LINE,
     a file of a page that share.py makes, for all processes. A block waits until the line is free, then for its own
     bytes, and then for its round trip.

   Listing a folder costs its opening only: servers send names by the thousand. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FILES 4096    /* open files */
#define KNOWN 65536   /* paths, at most, that are known */
#define INODES 16384  /* files, at most, of which blocks are here */
#define BLOCKS 64

static char share[4096];
static size_t share_length;
static double time_a_byte; /* times are in nanoseconds */
static long long round_trip;
static long block = 1048576;
static unsigned char is_slow[FILES]; /* the open files that are on the share */
static _Atomic unsigned long known[KNOWN]; /* hashes of paths that were looked at or opened */
static struct {
    _Atomic unsigned long inode;
    unsigned char fetched[BLOCKS]; /* the blocks that are here; what is behind them is free */
} files[INODES];

/* When the line has carried all that was asked for so far, in nanoseconds. */
static _Atomic long long of_this_process, *free_at = &of_this_process;

static long long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void wait_until(long long when)
{
    struct timespec t = {when / 1000000000LL, when % 1000000000LL};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
        ;
}

__attribute__((constructor)) static void begin(void)
{
    const char *folder = getenv("SHARE"), *ms = getenv("SHARE_MS"), *mb = getenv("SHARE_MB");
    const char *bytes = getenv("SHARE_BLOCK"), *line = getenv("SHARE_LINE");
    if (folder && realpath(folder, share))
        share_length = strlen(share);
    round_trip = ms ? atof(ms) * 1e6 : 0;
    time_a_byte = mb && atof(mb) > 0 ? 1e3 / atof(mb) : 0;
    int fd = line ? open(line, O_RDWR) : -1;
    if (fd >= 0) {
        void *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (shared != MAP_FAILED)
            free_at = shared;
        close(fd);
    }
    if (bytes && atol(bytes) > 0)
        block = atol(bytes);
}

/* Paths must be absolute: share.py names them so. */
static int on_share(const char *path)
{
    return share_length && path && strncmp(path, share, share_length) == 0 &&
           (path[share_length] == '/' || path[share_length] == 0);
}

static int is_open_there(int fd) { return fd >= 0 && fd < FILES && is_slow[fd]; }

/* Returns the place of a number in a table, or of the first free slot, which it takes. */
static size_t place(_Atomic unsigned long *table, size_t step, size_t slots, unsigned long number, int *is_new)
{
    for (size_t at = number % slots;; at = (at + 1) % slots) {
        unsigned long found = 0;
        *is_new = atomic_compare_exchange_strong(&table[at * step], &found, number);
        if (*is_new || found == number)
            return at;
    }
}

/* Asks the server about a path, unless it was asked the same before. */
static void ask(const char *path, int opens)
{
    unsigned long hash = 14695981039346656037UL + opens;
    int is_new;
    for (const char *c = path; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211UL;
    place(known, 1, KNOWN, hash, &is_new);
    if (is_new && round_trip > 0)
        wait_until(now() + round_trip);
}

static void carry(size_t bytes)
{
    long long before = *free_at, begun, after;
    do {
        begun = now();
        after = (before > begun ? before : begun) + (long long)(bytes * time_a_byte);
    } while (!atomic_compare_exchange_weak(free_at, &before, after));
    wait_until(after + round_trip);
}

/* Fetches the blocks of a file that have some of these bytes and are not here yet. */
static void fetch(int fd, off_t from, off_t bytes)
{
    struct stat found;
    if (fstat(fd, &found) != 0)
        return;
    int is_new;
    size_t step = sizeof files[0] / sizeof files[0].inode;
    unsigned char *fetched = files[place(&files[0].inode, step, INODES, found.st_ino, &is_new)].fetched;
    off_t end = from + bytes < found.st_size ? from + bytes : found.st_size;
    for (off_t number = from / block; number * block < end && number < BLOCKS; number++) {
        if (!fetched[number]) {
            off_t rest = found.st_size - number * block;
            carry(rest < block ? rest : block);
            fetched[number] = 1;
        }
    }
}

#define REAL(name, type, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) \
    real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int opened(int fd, const char *path)
{
    if (fd >= 0 && fd < FILES)
        is_slow[fd] = on_share(path);
    return fd;
}

#define OPEN(name) \
    int name(const char *path, int flags, ...) \
    { \
        REAL(#name, int, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        int mode = va_arg(rest, int); \
        va_end(rest); \
        if (on_share(path)) \
            ask(path, 1); \
        return opened(real(path, flags, mode), path); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
    int name(int folder, const char *path, int flags, ...) \
    { \
        REAL(#name, int, int, const char *, int, ...); \
        va_list rest; \
        va_start(rest, flags); \
        int mode = va_arg(rest, int); \
        va_end(rest); \
        if (on_share(path)) \
            ask(path, 1); \
        return opened(real(folder, path, flags, mode), path); \
    }
OPENAT(openat)
OPENAT(openat64)

/* C's own streams read by calls that no library sees: the whole file is carried when it is opened. */
#define FOPEN(name) \
    FILE *name(const char *path, const char *mode) \
    { \
        REAL(#name, FILE *, const char *, const char *); \
        FILE *file = real(path, mode); \
        struct stat found; \
        if (on_share(path)) { \
            ask(path, 1); \
            if (file && *mode == 'r' && fstat(fileno(file), &found) == 0) \
                fetch(opened(fileno(file), path), 0, found.st_size); \
        } \
        return file; \
    }
FOPEN(fopen)
FOPEN(fopen64)

struct __dirstream;
struct __dirstream *opendir(const char *path)
{
    REAL("opendir", struct __dirstream *, const char *);
    if (on_share(path))
        ask(path, 1);
    return real(path);
}

#define PATH(name, type, parameters, arguments, ...) \
    type name parameters \
    { \
        REAL(#name, type, __VA_ARGS__); \
        if (on_share(path)) \
            ask(path, 0); \
        return real arguments; \
    }
PATH(stat, int, (const char *path, struct stat *found), (path, found), const char *, struct stat *)
PATH(stat64, int, (const char *path, struct stat64 *found), (path, found), const char *, struct stat64 *)
PATH(lstat, int, (const char *path, struct stat *found), (path, found), const char *, struct stat *)
PATH(lstat64, int, (const char *path, struct stat64 *found), (path, found), const char *, struct stat64 *)
PATH(access, int, (const char *path, int mode), (path, mode), const char *, int)
PATH(readlink, ssize_t, (const char *path, char *to, size_t room), (path, to, room), const char *, char *, size_t)
PATH(fstatat, int, (int folder, const char *path, struct stat *found, int flags), (folder, path, found, flags), int,
     const char *, struct stat *, int)
PATH(fstatat64, int, (int folder, const char *path, struct stat64 *found, int flags), (folder, path, found, flags),
     int, const char *, struct stat64 *, int)
PATH(statx, int, (int folder, const char *path, int flags, unsigned mask, struct statx *found),
     (folder, path, flags, mask, found), int, const char *, int, unsigned, struct statx *)

#define READ(name, parameters, arguments, from, ...) \
    ssize_t name parameters \
    { \
        REAL(#name, ssize_t, __VA_ARGS__); \
        if (is_open_there(fd)) \
            fetch(fd, from, room); \
        return real arguments; \
    }
READ(read, (int fd, void *to, size_t room), (fd, to, room), lseek(fd, 0, SEEK_CUR), int, void *, size_t)
READ(pread, (int fd, void *to, size_t room, off_t at), (fd, to, room, at), at, int, void *, size_t, off_t)
READ(pread64, (int fd, void *to, size_t room, off64_t at), (fd, to, room, at), at, int, void *, size_t, off64_t)

#define MAP(name, offset) \
    void *name(void *at, size_t length, int protection, int flags, int fd, offset from) \
    { \
        REAL(#name, void *, void *, size_t, int, int, int, offset); \
        if (is_open_there(fd)) \
            fetch(fd, from, length); \
        return real(at, length, protection, flags, fd, from); \
    }
MAP(mmap, off_t)
MAP(mmap64, off64_t)

int close(int fd)
{
    REAL("close", int, int);
    if (fd >= 0 && fd < FILES)
        is_slow[fd] = 0;
    return real(fd);
}
