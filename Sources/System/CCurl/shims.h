#pragma once
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

// Swift can call no variadic C function: these inline shims do, one for each kind of argument.

static inline CURLcode curl_shim_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_shim_set_size(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

/// libcurl copies strings, with the exception of those that its documentation names.
static inline CURLcode curl_shim_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_shim_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode curl_shim_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

/// The bytes are copied.
static inline CURLcode curl_shim_set_blob(CURL *handle, CURLoption option, const void *bytes, size_t count) {
    struct curl_blob blob = {(void *)bytes, count, CURL_BLOB_COPY};
    return curl_easy_setopt(handle, option, &blob);
}

/// What one transfer reports to; `context` goes to each of them.
struct curl_shim_callbacks {
    void *context;
    size_t (*head)(char *bytes, size_t size, size_t count, void *context);
    size_t (*body)(char *bytes, size_t size, size_t count, void *context);
    curl_socket_t (*open)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
    int (*before)(void *context, char *remote, char *local, int remote_port, int local_port);
};

static inline CURLcode curl_shim_set_callbacks(CURL *handle, const struct curl_shim_callbacks *callbacks) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, callbacks->head);
    if (!code) code = curl_easy_setopt(handle, CURLOPT_HEADERDATA, callbacks->context);
    if (!code) code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, callbacks->body);
    if (!code) code = curl_easy_setopt(handle, CURLOPT_WRITEDATA, callbacks->context);
    if (!code) code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, callbacks->open);
    if (!code) code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, callbacks->context);
    if (!code) code = curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, callbacks->before);
    if (!code) code = curl_easy_setopt(handle, CURLOPT_PREREQDATA, callbacks->context);
    return code;
}

static inline CURLMcode curl_shim_multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return curl_multi_setopt(multi, option, value);
}

static inline CURLMcode curl_shim_multi_set_callbacks(
    CURLM *multi, void *context,
    int (*socket)(CURL *easy, curl_socket_t socket, int what, void *context, void *unused),
    int (*timer)(CURLM *multi, long milliseconds, void *context)) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    if (!code) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    if (!code) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    if (!code) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code;
}

/// The next transfer that has ended, with its result; NULL when there is none.
static inline CURL *curl_shim_next_ended(CURLM *multi, CURLcode *result) {
    int left = 0;
    CURLMsg *message;
    while ((message = curl_multi_info_read(multi, &left))) {
        if (message->msg != CURLMSG_DONE) continue;
        *result = message->data.result;
        return message->easy_handle;
    }
    return NULL;
}

/// Level-triggered interest in a descriptor, whether it had one before or not.
static inline int curl_shim_watch(int epoll, int descriptor, unsigned int events) {
    struct epoll_event event = {.events = events, .data.fd = descriptor};
    if (epoll_ctl(epoll, EPOLL_CTL_MOD, descriptor, &event) == 0) return 0;
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

static inline int curl_shim_unwatch(int epoll, int descriptor) {
    return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL);
}

/// The 4 or 16 bytes of an IP address; 0 where it is of another family.
static inline size_t curl_shim_ip(const struct curl_sockaddr *address, unsigned char bytes[16]) {
    const void *socket_address = &address->addr;
    if (address->family == AF_INET) {
        memcpy(bytes, &((const struct sockaddr_in *)socket_address)->sin_addr, 4);
        return 4;
    }
    if (address->family == AF_INET6) {
        memcpy(bytes, &((const struct sockaddr_in6 *)socket_address)->sin6_addr, 16);
        return 16;
    }
    return 0;
}

/// A socket for that address which no child process inherits.
static inline curl_socket_t curl_shim_open(const struct curl_sockaddr *address) {
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}
