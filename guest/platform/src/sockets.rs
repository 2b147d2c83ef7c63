//! `wasi:sockets`. In: wishes. Out: `not-supported`, as WASI 0.1 has no means to make a socket or to look up a
//! name. Not its job: sockets. There being none, no method of one can be called.

use crate::abi::{Given, Outcome, give};
use core::arch::wasm32;

/// A case of `wasi:sockets/network.error-code`.
#[repr(transparent)]
struct Code(u8);

const NOT_SUPPORTED: Code = Code(2);

type Answer = *const Outcome<u32, Code>;

#[link(wasm_import_module = "[export]wasi:sockets/network@0.2.12")]
unsafe extern "C" {
    #[link_name = "[resource-new]network"]
    safe fn new_network(rep: u32) -> u32;
}

#[unsafe(export_name = "wasi:sockets/instance-network@0.2.12#instance-network")]
extern "C" fn instance_network() -> u32 {
    new_network(0)
}

#[unsafe(export_name = "wasi:sockets/tcp-create-socket@0.2.12#create-tcp-socket")]
extern "C" fn create_tcp_socket(_family: u32) -> Answer {
    give(Outcome::Err(NOT_SUPPORTED))
}

#[unsafe(export_name = "wasi:sockets/udp-create-socket@0.2.12#create-udp-socket")]
extern "C" fn create_udp_socket(_family: u32) -> Answer {
    give(Outcome::Err(NOT_SUPPORTED))
}

#[unsafe(export_name = "wasi:sockets/ip-name-lookup@0.2.12#resolve-addresses")]
extern "C" fn resolve_addresses(_network: u32, at: *mut u8, len: usize) -> Answer {
    drop(Given::new(at, len));
    give(Outcome::Err(NOT_SUPPORTED))
}

/// Methods of what there is none of, by the parameters of their core type: the representation first.
macro_rules! methods {
    (@ $params:tt $($name:literal $function:ident)*) => {
        $(method!($name $function $params);)*
    };
    ($($params:tt { $($name:literal $function:ident)* })*) => {
        $(methods!(@ $params $($name $function)*);)*
    };
}

macro_rules! method {
    ($name:literal $function:ident ($($param:ident: $ty:ty),*)) => {
        #[unsafe(export_name = $name)]
        extern "C" fn $function($($param: $ty),*) -> u32 {
            let _ = ($($param),*);
            wasm32::unreachable()
        }
    };
}

methods! {
    (it: u32) {
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.finish-bind" tcp_finish_bind
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.finish-connect" tcp_finish_connect
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.start-listen" tcp_start_listen
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.finish-listen" tcp_finish_listen
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.accept" tcp_accept
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.local-address" tcp_local_address
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.remote-address" tcp_remote_address
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.is-listening" tcp_is_listening
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.address-family" tcp_address_family
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.keep-alive-enabled" tcp_keep_alive_enabled
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.keep-alive-idle-time" tcp_keep_alive_idle_time
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.keep-alive-interval" tcp_keep_alive_interval
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.keep-alive-count" tcp_keep_alive_count
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.hop-limit" tcp_hop_limit
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.receive-buffer-size" tcp_receive_buffer_size
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.send-buffer-size" tcp_send_buffer_size
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.subscribe" tcp_subscribe
        "wasi:sockets/udp@0.2.12#[method]udp-socket.finish-bind" udp_finish_bind
        "wasi:sockets/udp@0.2.12#[method]udp-socket.local-address" udp_local_address
        "wasi:sockets/udp@0.2.12#[method]udp-socket.remote-address" udp_remote_address
        "wasi:sockets/udp@0.2.12#[method]udp-socket.address-family" udp_address_family
        "wasi:sockets/udp@0.2.12#[method]udp-socket.unicast-hop-limit" udp_unicast_hop_limit
        "wasi:sockets/udp@0.2.12#[method]udp-socket.receive-buffer-size" udp_receive_buffer_size
        "wasi:sockets/udp@0.2.12#[method]udp-socket.send-buffer-size" udp_send_buffer_size
        "wasi:sockets/udp@0.2.12#[method]udp-socket.subscribe" udp_subscribe
        "wasi:sockets/udp@0.2.12#[method]incoming-datagram-stream.subscribe" incoming_subscribe
        "wasi:sockets/udp@0.2.12#[method]outgoing-datagram-stream.check-send" outgoing_check_send
        "wasi:sockets/udp@0.2.12#[method]outgoing-datagram-stream.subscribe" outgoing_subscribe
        "wasi:sockets/ip-name-lookup@0.2.12#[method]resolve-address-stream.resolve-next-address" resolve_next
        "wasi:sockets/ip-name-lookup@0.2.12#[method]resolve-address-stream.subscribe" resolve_subscribe
    }
    (it: u32, value: u32) {
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.set-keep-alive-enabled" tcp_set_keep_alive_enabled
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.set-keep-alive-count" tcp_set_keep_alive_count
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.set-hop-limit" tcp_set_hop_limit
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.shutdown" tcp_shutdown
        "wasi:sockets/udp@0.2.12#[method]udp-socket.set-unicast-hop-limit" udp_set_unicast_hop_limit
    }
    (it: u32, value: u64) {
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.set-listen-backlog-size" tcp_set_listen_backlog_size
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.set-keep-alive-idle-time" tcp_set_keep_alive_idle_time
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.set-keep-alive-interval" tcp_set_keep_alive_interval
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.set-receive-buffer-size" tcp_set_receive_buffer_size
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.set-send-buffer-size" tcp_set_send_buffer_size
        "wasi:sockets/udp@0.2.12#[method]udp-socket.set-receive-buffer-size" udp_set_receive_buffer_size
        "wasi:sockets/udp@0.2.12#[method]udp-socket.set-send-buffer-size" udp_set_send_buffer_size
        "wasi:sockets/udp@0.2.12#[method]incoming-datagram-stream.receive" incoming_receive
    }
    (it: u32, list: u32, len: u32) {
        "wasi:sockets/udp@0.2.12#[method]outgoing-datagram-stream.send" outgoing_send
    }
    // The second parameter is a network, or whether there is an address; the rest is an address.
    (it: u32, of: u32, a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32, i: u32, j: u32, k: u32, l: u32) {
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.start-bind" tcp_start_bind
        "wasi:sockets/tcp@0.2.12#[method]tcp-socket.start-connect" tcp_start_connect
        "wasi:sockets/udp@0.2.12#[method]udp-socket.start-bind" udp_start_bind
        "wasi:sockets/udp@0.2.12#[method]udp-socket.stream" udp_stream
    }
}
