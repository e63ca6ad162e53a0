/* An Ethernet switch with delay, loss and jitter: what the kernel's netem does, for kernels without it.
 *
 * Its ports are TAP devices, each in a network namespace. It is told what to do by lines on its standard
 * input and answers each with one line: "ok", "ok NUMBER" or "error REASON". It ends when its input ends,
 * so that it never outlives its owner.
 *
 *   port NAMESPACE DEVICE          make a device in a namespace (of `ip netns`); answers its number
 *   all DELAY LOSS JITTER          conditions for every frame
 *   link NUMBER DELAY LOSS JITTER  further conditions for what enters or leaves by one port
 *
 * DELAY and JITTER are milliseconds for one way, LOSS is a percentage. A frame waits for DELAY and a uniformly
 * random part of JITTER; frames from one port to another stay in order, as in a queue. Between two ports the
 * conditions add up: those of all, of the port where a frame enters and of that where it leaves.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define MAX_PORTS 32
#define MAX_STATIONS 256
#define MAX_WAITING 65536
#define MAX_FRAME 2048 /* the devices have an MTU of 1500 */
#define READS_IN_A_ROW 64
#define NS_PER_MS 1000000.0

typedef struct { double delay_ms, loss_percent, jitter_ms; } conditions;
typedef struct { int64_t due; int port, length; unsigned char *bytes; } frame;
typedef struct { unsigned char address[6]; int port; } station;

static conditions everywhere, at_port[MAX_PORTS];
static struct pollfd inputs[MAX_PORTS + 1]; /* the last one in use is the standard input */
static int ports, own_namespace;
static int64_t last_due[MAX_PORTS][MAX_PORTS];
static frame waiting[MAX_WAITING]; /* a heap by the time at which they are due */
static int waiting_count;
static station stations[MAX_STATIONS];
static int station_count;

static int64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000LL + t.tv_nsec;
}

/* --- the frames that wait --- */

static void push(frame added) {
  if (waiting_count == MAX_WAITING) { /* a full queue drops, as a router's does */
    free(added.bytes);
    return;
  }
  int i = waiting_count++;
  for (int parent; i > 0 && waiting[parent = (i - 1) / 2].due > added.due; i = parent) waiting[i] = waiting[parent];
  waiting[i] = added;
}

static frame pop(void) {
  frame first = waiting[0], moved = waiting[--waiting_count];
  int i = 0;
  for (int child; (child = 2 * i + 1) < waiting_count; i = child) {
    if (child + 1 < waiting_count && waiting[child + 1].due < waiting[child].due) child++;
    if (waiting[child].due >= moved.due) break;
    waiting[i] = waiting[child];
  }
  waiting[i] = moved;
  return first;
}

/* --- switching --- */

static int port_of(const unsigned char *address) {
  for (int i = 0; i < station_count; i++)
    if (!memcmp(stations[i].address, address, 6)) return stations[i].port;
  return -1;
}

static void learn(const unsigned char *address, int port) {
  int i = 0;
  while (i < station_count && memcmp(stations[i].address, address, 6)) i++;
  if (i == MAX_STATIONS) return;
  memcpy(stations[i].address, address, 6);
  stations[i].port = port;
  if (i == station_count) station_count++;
}

static int chance(double percent) { return percent > 0 && drand48() * 100 < percent; }

static void pass(const unsigned char *bytes, int length, int from, int to) {
  const conditions *met[] = {&everywhere, &at_port[from], &at_port[to]};
  double ms = 0;
  for (int i = 0; i < 3; i++) {
    if (chance(met[i]->loss_percent)) return;
    ms += met[i]->delay_ms + drand48() * met[i]->jitter_ms;
  }
  frame copy = {now() + (int64_t)(ms * NS_PER_MS), to, length, malloc(length)};
  if (copy.bytes == NULL) return;
  /* In order, also after the delay was made shorter. */
  if (copy.due <= last_due[from][to]) copy.due = last_due[from][to] + 1;
  last_due[from][to] = copy.due;
  memcpy(copy.bytes, bytes, length);
  push(copy);
}

static void take_frames(int from) {
  unsigned char bytes[MAX_FRAME];
  for (int i = 0; i < READS_IN_A_ROW; i++) {
    int length = read(inputs[from].fd, bytes, sizeof bytes);
    if (length < 14) return;
    learn(bytes + 6, from);
    int to = port_of(bytes);
    for (int port = 0; port < ports; port++)
      if (port != from && (port == to || to < 0)) pass(bytes, length, from, port);
  }
}

static void give_frames(void) {
  while (waiting_count > 0 && waiting[0].due <= now()) {
    frame due = pop();
    /* A device that is down refuses: the frame is lost, as on a cable that is not plugged in. */
    if (write(inputs[due.port].fd, due.bytes, due.length) < 0) {}
    free(due.bytes);
  }
}

/* --- what one is told --- */

static int open_device(const char *namespace, const char *device) {
  char path[128];
  snprintf(path, sizeof path, "/var/run/netns/%s", namespace);
  int there = open(path, O_RDONLY | O_CLOEXEC);
  if (there < 0) return -1;
  int failed = setns(there, CLONE_NEWNET);
  close(there);
  if (failed) return -1;
  struct ifreq request = {.ifr_flags = IFF_TAP | IFF_NO_PI};
  memcpy(request.ifr_name, device, strlen(device) + 1); /* 15 at most: see obey */
  int tap = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (tap >= 0 && ioctl(tap, TUNSETIFF, &request) < 0) {
    int reason = errno;
    close(tap);
    errno = reason;
    tap = -1;
  }
  int reason = errno;
  if (setns(own_namespace, CLONE_NEWNET)) exit(1);
  errno = reason;
  return tap;
}

static void obey(char *line) {
  char namespace[64], device[IFNAMSIZ];
  conditions told;
  int port;
  if (sscanf(line, "port %63s %15s", namespace, device) == 2) {
    int tap = ports < MAX_PORTS ? open_device(namespace, device) : -1;
    if (tap < 0) {
      printf("error %s\n", ports < MAX_PORTS ? strerror(errno) : "no port is left");
      return;
    }
    inputs[ports + 1] = inputs[ports];
    inputs[ports] = (struct pollfd){.fd = tap, .events = POLLIN};
    printf("ok %d\n", ports++);
  } else if (sscanf(line, "all %lf %lf %lf", &told.delay_ms, &told.loss_percent, &told.jitter_ms) == 3) {
    everywhere = told;
    puts("ok");
  } else if (sscanf(line, "link %d %lf %lf %lf", &port, &told.delay_ms, &told.loss_percent, &told.jitter_ms) == 4 &&
             port >= 0 && port < ports) {
    at_port[port] = told;
    puts("ok");
  } else {
    puts("error not understood");
  }
}

/* Lines are answered one by one, so there is never more than one to be read. */
static void take_line(void) {
  char line[256];
  if (fgets(line, sizeof line, stdin) == NULL) exit(0);
  obey(line);
  fflush(stdout);
}

int main(void) {
  own_namespace = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
  if (own_namespace < 0) return 1;
  srand48(now());
  inputs[0] = (struct pollfd){.fd = STDIN_FILENO, .events = POLLIN};
  for (;;) {
    int64_t pause = waiting_count > 0 ? waiting[0].due - now() : 1000000000LL;
    if (pause < 0) pause = 0;
    struct timespec patience = {pause / 1000000000LL, pause % 1000000000LL};
    if (ppoll(inputs, ports + 1, &patience, NULL) > 0) {
      int taken = ports;
      for (int port = 0; port < taken; port++)
        if (inputs[port].revents & POLLIN) take_frames(port);
      if (inputs[taken].revents) take_line();
    }
    give_frames();
  }
}
