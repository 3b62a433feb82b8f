/* What a power cut leaves: under ROOT only what was fsynced survives, kept as a second tree under SHADOW.
 *
 * Preloaded into the victim. fsync and fdatasync copy the file as it is now; rename, link and unlink happen in the second tree at
 * once, and a file renamed without ever having been synced is empty there. NOT modelled: torn pages, writes reordered within
 * one file between two syncs, names lost because a folder was not synced, a drive that lies about its cache.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int shadow_of(const char *path, char *out) {
    const char *root = getenv("CUT_ROOT"), *shadow = getenv("CUT_SHADOW");
    char whole[PATH_MAX];
    if (!root || !shadow) return 0;
    if (path[0] != '/') {
        char here[PATH_MAX];
        if (!getcwd(here, sizeof here)) return 0;
        if (snprintf(whole, sizeof whole, "%s/%s", here, path) >= (int)sizeof whole) return 0;
        path = whole;
    }
    size_t length = strlen(root);
    if (strncmp(path, root, length) || path[length] != '/') return 0;
    return snprintf(out, PATH_MAX, "%s%s", shadow, path + length) < PATH_MAX;
}

static void parents(const char *path) {
    char part[PATH_MAX];
    strcpy(part, path);
    for (char *slash = part + 1; (slash = strchr(slash, '/')); slash++) {
        *slash = 0;
        mkdir(part, 0700);
        *slash = '/';
    }
}

static void keep(int descriptor) {
    char link[64], path[PATH_MAX], shadow[PATH_MAX], fresh[PATH_MAX];
    struct stat about;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0 || fstat(descriptor, &about) || !S_ISREG(about.st_mode)) return;
    path[length] = 0;
    if (!shadow_of(path, shadow)) return;
    if (snprintf(fresh, sizeof fresh, "%s.cut", shadow) >= (int)sizeof fresh) return;
    pthread_mutex_lock(&lock);
    parents(shadow);
    int in = open(path, O_RDONLY), out = open(fresh, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    char buffer[65536];
    ssize_t count;
    int whole = in >= 0 && out >= 0;
    while (whole && (count = read(in, buffer, sizeof buffer)) > 0) whole = write(out, buffer, count) == count;
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    if (whole) real(fresh, shadow);
    pthread_mutex_unlock(&lock);
}

int fsync(int descriptor) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    int result = real(descriptor);
    if (!result) keep(descriptor);
    return result;
}

int fdatasync(int descriptor) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    int result = real(descriptor);
    if (!result) keep(descriptor);
    return result;
}

int rename(const char *from, const char *to) {
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "rename");
    char shadow_from[PATH_MAX], shadow_to[PATH_MAX];
    int result = real(from, to);
    if (!result && shadow_of(from, shadow_from) && shadow_of(to, shadow_to)) {
        pthread_mutex_lock(&lock);
        parents(shadow_to);
        if (real(shadow_from, shadow_to)) {
            int empty = open(shadow_to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
            if (empty >= 0) close(empty);
        }
        pthread_mutex_unlock(&lock);
    }
    return result;
}

int link(const char *from, const char *to) {
    int (*real)(const char *, const char *) = dlsym(RTLD_NEXT, "link");
    char shadow_from[PATH_MAX], shadow_to[PATH_MAX];
    int result = real(from, to);
    if (!result && shadow_of(from, shadow_from) && shadow_of(to, shadow_to)) {
        pthread_mutex_lock(&lock);
        parents(shadow_to);
        real(shadow_from, shadow_to);
        pthread_mutex_unlock(&lock);
    }
    return result;
}

int unlink(const char *path) {
    int (*real)(const char *) = dlsym(RTLD_NEXT, "unlink");
    char shadow[PATH_MAX];
    int result = real(path);
    if (!result && shadow_of(path, shadow)) real(shadow);
    return result;
}
