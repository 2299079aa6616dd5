//! `--wire` over real sockets, with TLS and proxies.
