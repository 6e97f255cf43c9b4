#define _GNU_SOURCE
#include "load.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EARLY = 4096, BUFFER = 1 << 20 };

int epoll;
static unsigned char *payload, *frames, buffer[BUFFER];
static uint64_t payload_length, frame_length, frames_length;

static uint64_t write_head(unsigned char *out, uint64_t length, bool masked) {
  unsigned char mask = masked ? 0x80 : 0;
  uint64_t at = 0;
  out[at++] = 0x81;
  if (length < 126) out[at++] = mask | (unsigned char)length;
  else if (length < 65536) {
    out[at++] = mask | 126;
    out[at++] = (unsigned char)(length >> 8);
    out[at++] = (unsigned char)length;
  } else {
    out[at++] = mask | 127;
    for (int shift = 56; shift >= 0; shift -= 8) out[at++] = (unsigned char)(length >> shift);
  }
  return at;
}

// A text frame; masked by a key that is no palindrome, so that a server which forgets to unmask is noticed.
static uint64_t write_frame(unsigned char *out, const unsigned char *data, uint64_t length, bool masked) {
  static const unsigned char key[4] = {0x12, 0x34, 0x56, 0x78};
  uint64_t at = write_head(out, length, masked);
  if (masked) {
    memcpy(out + at, key, 4);
    at += 4;
  }
  for (uint64_t i = 0; i < length; i++) out[at++] = masked ? data[i] ^ key[i & 3] : data[i];
  return at;
}

void prepare_payload(void) {
  uint64_t before = strlen(options.prefix), after = strlen(options.suffix);
  payload_length = before + (uint64_t)options.size + after;
  payload = malloc(payload_length + 1);
  memcpy(payload, options.prefix, before);
  for (int i = 0; i < options.size; i++) payload[before + (uint64_t)i] = (unsigned char)('a' + i % 26);
  memcpy(payload + before + (uint64_t)options.size, options.suffix, after);

  unsigned char *one = malloc(payload_length + 14);
  frame_length = write_frame(one, payload, payload_length, options.dialect != RAW);
  uint64_t copies = 65536 / frame_length + 1;
  if (copies < (uint64_t)options.depth) copies = (uint64_t)options.depth;
  frames_length = copies * frame_length;
  frames = malloc(frames_length);
  for (uint64_t i = 0; i < copies; i++) memcpy(frames + i * frame_length, one, frame_length);
  free(one);
}

Departures new_departures(uint64_t capacity) {
  uint64_t size = 1;
  while (size < capacity) size *= 2;
  return (Departures){.at = calloc(size, sizeof(double)), .mask = size - 1};
}

static void watch(Connection *connection, int operation) {
  struct epoll_event event = {.events = EPOLLIN | (connection->waits_to_write ? EPOLLOUT : 0), .data.ptr = connection};
  epoll_ctl(epoll, operation, connection->fd, &event);
}

static void write_all(Connection *connection, const void *bytes, size_t length) {
  if (write(connection->fd, bytes, length) != (ssize_t)length) fail("the handshake could not be written");
}

void dial(Connection *connection) {
  static int source;
  int one = 1;
  // One address has some 28,000 ports; 127.0.0.2 to 127.0.0.201 have enough for every run.
  struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000002u + (unsigned)(source++ % 200))};
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)options.port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connection->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connection->fd < 0) fail("no socket: %s", strerror(errno));
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  // Without it the kernel would look for a port that is free for every destination, and take long.
  setsockopt(connection->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(connection->fd, (void *)&from, sizeof from)) fail("bind: %s", strerror(errno));
  connection->dialed_at = now();
  if (connect(connection->fd, (void *)&to, sizeof to)) fail("connect: %s", strerror(errno));
  connection->head_length = 0;
  connection->left = connection->owed = connection->offset = 0;
  connection->waits_to_write = false;
  connection->early_length = 0;
  if (options.dialect == RAW) connection->state = OPEN;
  else {
    char request[1024];
    int length = snprintf(request, sizeof request,
                          "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
                          options.path, options.port);
    write_all(connection, request, (size_t)length);
    connection->state = HANDSHAKE;
    connection->early = malloc(EARLY);
  }
  fcntl(connection->fd, F_SETFL, O_NONBLOCK);
  watch(connection, EPOLL_CTL_ADD);
}

void say_goodbye(Connection *connection) {
  // Code 1000, masked as the messages are.
  static const unsigned char frame[] = {0x88, 0x82, 0x12, 0x34, 0x56, 0x78, 0x03 ^ 0x12, 0xe8 ^ 0x34};
  write_all(connection, frame, sizeof frame);
  connection->state = CLOSING;
}

void hang_up(Connection *connection, bool reset) {
  struct linger linger = {.l_onoff = 1, .l_linger = 0};
  if (reset) setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
  close(connection->fd);
  free(connection->early);
  connection->early = NULL;
  connection->state = CLOSED;
}

void flush_connection(Connection *connection) {
  while (connection->owed > 0) {
    uint64_t piece = frames_length - connection->offset;
    if (piece > connection->owed) piece = connection->owed;
    ssize_t written = write(connection->fd, frames + connection->offset, piece);
    if (written < 0) break;
    connection->owed -= (uint64_t)written;
    connection->offset = (connection->offset + (uint64_t)written) % frame_length;
  }
  bool waits = connection->owed > 0;
  if (waits == connection->waits_to_write) return;
  connection->waits_to_write = waits;
  watch(connection, EPOLL_CTL_MOD);
}

void send_messages(Connection *connection, uint64_t count) {
  connection->sent += count;
  connection->owed += count * frame_length;
  if (!connection->waits_to_write) flush_connection(connection);
}

// Notices the head of a frame; what is no answer to what was sent ends the run.
static bool begin_frame(Connection *connection) {
  connection->opcode = connection->head[0] & 15;
  if (connection->opcode == 8) return false;
  if (connection->opcode > 8) return true;
  // A ping of Engine.IO is a text message of one character.
  if (options.dialect == SOCKET_IO && connection->length == 1) connection->opcode = 9;
  else if ((connection->head[0] & 0xf0) != 0x80 || connection->opcode == 0 || connection->length != payload_length)
    fail("a message of %llu bytes came back (first byte %02x); %llu were sent", (unsigned long long)connection->length,
         connection->head[0], (unsigned long long)payload_length);
  return true;
}

// The number of messages that these bytes complete, or -1 at a Close.
static int take_frames(Connection *connection, const unsigned char *bytes, uint64_t count) {
  int messages = 0;
  for (uint64_t i = 0; i < count;) {
    if (connection->left > 0) {
      uint64_t piece = count - i < connection->left ? count - i : connection->left;
      if (connection->opcode < 8 && memcmp(bytes + i, payload + connection->length - connection->left, piece))
        fail("other bytes came back than were sent");
      i += piece;
      connection->left -= piece;
    } else {
      connection->head[connection->head_length++] = bytes[i++];
      if (connection->head_length < 2) continue;
      int code = connection->head[1] & 127, whole = code < 126 ? 2 : code == 126 ? 4 : 10;
      if (connection->head_length < whole) continue;
      connection->length = code < 126 ? (uint64_t)code : 0;
      for (int at = 2; at < whole; at++) connection->length = connection->length << 8 | connection->head[at];
      connection->left = connection->length;
      connection->head_length = 0;
      if (!begin_frame(connection)) return -1;
    }
    if (connection->left == 0 && connection->head_length == 0 && connection->opcode < 8) messages++;
  }
  return messages;
}

// Socket.IO: the server says `0{…}`, we `40`, the server `40{…}`. How many of the bytes were that.
static int take_hello(Connection *connection, int from) {
  while (connection->early_length - from >= 2) {
    unsigned char *frame = (unsigned char *)connection->early + from;
    int length = frame[1], head = 2;
    if (length >= 126) {
      if (connection->early_length - from < 4) break;
      length = frame[2] << 8 | frame[3];
      head = 4;
    }
    if (connection->early_length - from < head + length) break;
    from += head + length;
    if (frame[head] == '0') {
      unsigned char answer[16];
      write_all(connection, answer, write_frame(answer, (const unsigned char *)"40", 2, true));
    } else if (!strncmp((char *)frame + head, "40", 2)) {
      connection->state = OPEN;
      break;
    } else fail("no Socket.IO: %.*s", length, frame + head);
  }
  return from;
}

static int take_handshake(Connection *connection, const unsigned char *bytes, int count) {
  if (connection->early_length + count >= EARLY) fail("too long an answer to the handshake");
  memcpy(connection->early + connection->early_length, bytes, (size_t)count);
  connection->early_length += count;
  int from = 0;
  if (connection->state == HANDSHAKE) {
    char *end = memmem(connection->early, (size_t)connection->early_length, "\r\n\r\n", 4);
    if (!end) return 0;
    *end = 0;
    if (strncmp(connection->early, "HTTP/1.1 101", 12) || !strstr(connection->early, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="))
      fail("refused: %s", connection->early);
    from = (int)(end - connection->early) + 4;
    connection->state = options.dialect == SOCKET_IO ? HELLO : OPEN;
  }
  if (connection->state == HELLO) from = take_hello(connection, from);
  int rest = connection->early_length - from;
  if (connection->state == HELLO) {
    memmove(connection->early, connection->early + from, (size_t)rest);
    connection->early_length = rest;
    return 0;
  }
  int messages = take_frames(connection, (unsigned char *)connection->early + from, (uint64_t)rest);
  free(connection->early);
  connection->early = NULL;
  return messages;
}

int receive(Connection *connection) {
  ssize_t count = read(connection->fd, buffer, BUFFER);
  if (count < 0 && errno == EAGAIN) return 0;
  if (count <= 0) return -1;
  if (connection->state == CLOSING) return 0;
  if (connection->state != OPEN) return take_handshake(connection, buffer, (int)count);
  return take_frames(connection, buffer, (uint64_t)count);
}
