#pragma once
#include <microhttpd.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

// Swift can call no variadic C function: these inline shims do.

/// What one daemon is started with. All pointers are borrowed for as long as the daemon lives.
struct mhd_shim_settings {
    size_t connection_memory;
    unsigned int connection_limit;
    unsigned int connection_limit_per_address;
    unsigned int idle_seconds;
    MHD_AccessHandlerCallback handle;
    MHD_RequestCompletedCallback completed;
    MHD_NotifyConnectionCallback connected;
    void *(*target)(void *, const char *, struct MHD_Connection *);
    size_t (*unescape)(void *, struct MHD_Connection *, char *);
    /// Takes one finished line of the library's log.
    void (*log)(void *, const char *);
    void *context;
};

/// The library's logger: formats the message and hands it over (`context` is the settings, which outlive the daemon).
static inline void mhd_shim_log(void *context, const char *format, va_list arguments) {
    const struct mhd_shim_settings *settings = (const struct mhd_shim_settings *)context;
    char line[512];
    vsnprintf(line, sizeof(line), format, arguments);
    settings->log(settings->context, line);
}

/// Starts a daemon that is run by the caller's thread (`MHD_run`) when its epoll descriptor says so, without a listening
/// socket of its own: connections are added to it.
static inline struct MHD_Daemon *mhd_shim_start(const struct mhd_shim_settings *settings) {
    return MHD_start_daemon(
        MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_NO_LISTEN_SOCKET | MHD_USE_ERROR_LOG, 0,
        NULL, NULL, settings->handle, settings->context,
        MHD_OPTION_EXTERNAL_LOGGER, mhd_shim_log, (void *)settings,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, settings->connection_memory,
        MHD_OPTION_CONNECTION_LIMIT, settings->connection_limit,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, settings->connection_limit_per_address,
        MHD_OPTION_CONNECTION_TIMEOUT, settings->idle_seconds,
        MHD_OPTION_NOTIFY_COMPLETED, settings->completed, settings->context,
        MHD_OPTION_NOTIFY_CONNECTION, settings->connected, settings->context,
        MHD_OPTION_URI_LOG_CALLBACK, settings->target, settings->context,
        MHD_OPTION_UNESCAPE_CALLBACK, settings->unescape, settings->context,
        MHD_OPTION_STRICT_FOR_CLIENT, (int)1,
        MHD_OPTION_END);
}

/// What to wait for on behalf of the daemon, -1 if it has none.
static inline int mhd_shim_epoll(struct MHD_Daemon *daemon) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD);
    return info ? info->epoll_fd : -1;
}

/// Has the connection closed behind this response, and its body, if of unknown length, sent without chunks.
static inline void mhd_shim_close_after(struct MHD_Response *response) {
    MHD_set_response_options(response, MHD_RF_HTTP_1_0_COMPATIBLE_STRICT, MHD_RO_END);
}

/// The number of bytes from the request line to the blank line, 0 if the library does not know.
static inline size_t mhd_shim_header_size(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    return info ? info->header_size : 0;
}

/// The client's address as the kernel gave it, null if unknown.
static inline const struct sockaddr *mhd_shim_client(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    return info ? info->client_addr : NULL;
}

/// The connection's socket, -1 if unknown. Owned by the library.
static inline int mhd_shim_socket(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

/// What the connected-callback stored in this connection's socket context.
static inline void *mhd_shim_socket_context(struct MHD_Connection *connection) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

// These are Linux's, and hidden from Swift because they need _GNU_SOURCE.

extern int accept4(int, struct sockaddr *, socklen_t *, int);

/// Takes a waiting connection, neither blocking nor inherited by child processes.
static inline int mhd_shim_accept(int listener, struct sockaddr *address, socklen_t *length) {
    return accept4(listener, address, length, SOCK_NONBLOCK | SOCK_CLOEXEC);
}

extern int pthread_setname_np(pthread_t, const char *);

/// Names a thread, for tools that list them.
static inline void mhd_shim_name(pthread_t thread, const char *name) {
    pthread_setname_np(thread, name);
}

/// EPOLLET: too large for the enumeration that Swift sees.
static const unsigned int mhd_shim_edge_triggered = 1u << 31;

/// POLLRDHUP: the peer has closed its sending side.
static const short mhd_shim_poll_hangup = 0x2000;
