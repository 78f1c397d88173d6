/* SPDX-License-Identifier: Apache-2.0 */
/* The system clock as one process sees it, set forward or back; preloaded by LD_PRELOAD.
 *
 * `offset_clock` names a file that holds an int64, in ns. It is added to whatever this process
 * reads of the time of day, and taken off the times of day until which it waits, as long as the
 * file stays mapped. The machine's clock is not touched, and neither are the steady clocks. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <semaphore.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000L

static const int64_t none = 0;
static const volatile int64_t *offset = &none;

int offset_clock(const char *path)
{
    int file = open(path, O_RDONLY);
    if (file < 0)
        return -1;
    void *mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (mapped == MAP_FAILED)
        return -1;
    offset = mapped;
    return 0;
}

static void add(struct timespec *at, int64_t ns)
{
    int64_t sum = at->tv_sec * SECOND + at->tv_nsec + ns;
    at->tv_sec = sum / SECOND;
    at->tv_nsec = sum % SECOND;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static int (*original)(clockid_t, struct timespec *);
    if (!original)
        *(void **)&original = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = original(clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
        add(now, *offset);
    return failed;
}

int gettimeofday(struct timeval *now, void *zone)
{
    struct timespec at;
    (void)zone;
    int failed = clock_gettime(CLOCK_REALTIME, &at);
    now->tv_sec = at.tv_sec;
    now->tv_usec = at.tv_nsec / 1000;
    return failed;
}

time_t time(time_t *now)
{
    struct timespec at;
    clock_gettime(CLOCK_REALTIME, &at);
    if (now)
        *now = at.tv_sec;
    return at.tv_sec;
}

int sem_timedwait(sem_t *semaphore, const struct timespec *until)
{
    static int (*original)(sem_t *, const struct timespec *);
    if (!original)
        *(void **)&original = dlsym(RTLD_NEXT, "sem_timedwait");
    struct timespec at = *until;
    add(&at, -*offset);
    return original(semaphore, &at);
}
