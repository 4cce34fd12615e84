/*
 * Preloaded into a process, keeps a copy in $POWER_CUT_TO of each file in $POWER_CUT_FROM as it was
 * when it was last forced to the disk: what is left when the power fails and every byte that was
 * not forced is lost.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Reads through the descriptor itself: closing another one would end SQLite's locks on the file. */
static int copy(int fd, int out) {
  char bytes[65536];
  off_t at = 0;
  ssize_t got;
  while ((got = pread(fd, bytes, sizeof bytes, at)) > 0) {
    if (write(out, bytes, (size_t)got) != got) return -1;
    at += got;
  }
  return got < 0 ? -1 : 0;
}

/* A deletion lasts from when the folder was forced. Names with a dot are copies under way. */
static void forget(const char *from, const char *to) {
  DIR *copies = opendir(to);
  struct dirent *one;
  char path[PATH_MAX];
  while (copies && (one = readdir(copies))) {
    snprintf(path, sizeof path, "%s/%s", from, one->d_name);
    if (one->d_name[0] == '.' || access(path, F_OK) == 0) continue;
    snprintf(path, sizeof path, "%s/%s", to, one->d_name);
    unlink(path);
  }
  if (copies) closedir(copies);
}

static void keep(int fd) {
  const char *from = getenv("POWER_CUT_FROM"), *to = getenv("POWER_CUT_TO");
  char link[64], path[PATH_MAX], draft[PATH_MAX], kept[PATH_MAX];
  if (!from || !to) return;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = 0;
  size_t folder = strlen(from);
  if (strcmp(path, from) == 0) return forget(from, to);
  if (strncmp(path, from, folder) != 0 || path[folder] != '/') return;
  const char *name = path + folder + 1;
  if (strchr(name, '/')) return;
  snprintf(kept, sizeof kept, "%s/%s", to, name);
  snprintf(draft, sizeof draft, "%s/.%s.%d", to, name, (int)gettid());
  /* A file that is only written is none of SQLite's. */
  int in = (fcntl(fd, F_GETFL) & O_ACCMODE) == O_WRONLY ? open(path, O_RDONLY) : fd;
  int out = open(draft, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  /* A copy that fails must not look like a power cut that lost data. */
  if (out < 0 || copy(in, out) != 0 || close(out) != 0 || rename(draft, kept) != 0) abort();
  if (in != fd) close(in);
}

static int forced(const char *name, int fd) {
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  int result = real(fd);
  if (result == 0) keep(fd);
  return result;
}

int fdatasync(int fd) { return forced("fdatasync", fd); }

int fsync(int fd) { return forced("fsync", fd); }
