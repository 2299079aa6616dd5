//! Options of other protocols, and what has no place here, each with the reason.
//!
//! A switch that only says how another protocol behaves is let pass: a command line for HTTP that
//! carries one works in curl. What asks something of another protocol, or of HTTP what rcurl does not
//! have, is refused.

use super::Category::{
    Auth, Connection, Curl, Deprecated, Dns, File as FileUrls, Ftp, Global, Http, Imap, Ldap,
    Output, Pop3, Proxy, Scp, Sftp, Smtp, Ssh, Telnet, Tftp, Tls, Upload,
};
use super::Means::{self, Foreign, Refused, Takes};
use super::Takes::{File, Nothing, Text, Toggle};
use super::{Category, Opt, row};
use crate::cli::values;

const FTP: &str = "is for FTP, and rcurl speaks HTTP only";
const FTP_TLS: &str = "is for FTP with TLS, and rcurl speaks HTTP only; https:// always means TLS";
const SSH: &str = "is for SCP and SFTP, and rcurl speaks HTTP only";
const MAIL: &str = "is for mail, and rcurl speaks HTTP only";
const TELNET: &str = "is for TELNET, and rcurl speaks HTTP only";
const TFTP: &str = "is for TFTP, and rcurl speaks HTTP only";
const KERBEROS: &str = "needs Kerberos, which rcurl does not have";
const NTLM: &str = "is for NTLM, a broken scheme that rcurl does not have";
const HTTP2: &str = "is for HTTP/2, and rcurl speaks HTTP/1.1 only";
const HTTP3: &str = "is for HTTP/3, and rcurl speaks HTTP/1.1 only";
const RESOLVER: &str = "needs a resolver of its own, and rcurl asks the system's";
const DOH: &str = "is for DNS over HTTPS, and rcurl asks the system's resolver";
const TESTS: &str = "is for curl's own tests";

const FTP_ONLY: &[Category] = &[Ftp];
const STARTTLS: &[Category] = &[Tls, Imap, Pop3, Smtp, Ldap, Ftp];
const SHELL: &[Category] = &[Sftp, Scp, Ssh];
const NAMES: &[Category] = &[Dns];

const NO_LONGER: Means = Means::Deprecated(Toggle);

#[rustfmt::skip]
pub(super) static ROWS: &[Opt] = &[
    row("append", "", &[Ftp, Sftp], "Append to the file on the server").short('a').means(Foreign(Toggle, FTP)),
    row("compressed-ssh", "", &[Scp, Sftp, Ssh], "Compress SSH").means(Foreign(Toggle, SSH)),
    row("create-file-mode", "<mode>", &[Sftp, Scp, FileUrls, Upload], "The mode of a file created on the server")
        .means(Takes(|state, value| values::file_mode(value.text()?).map(|_| state.note(format!("--create-file-mode {SSH}"))).map_err(Into::into))),
    row("delegation", "<LEVEL>", &[Auth], "What a server may do with a ticket").means(Refused(Text, KERBEROS)),
    row("disable-eprt", "", FTP_ONLY, "Do not use EPRT").means(Foreign(Toggle, FTP)),
    row("disable-epsv", "", FTP_ONLY, "Do not use EPSV").means(Foreign(Toggle, FTP)),
    row("dns-interface", "<interface>", NAMES, "Ask for names through this interface").means(Refused(Text, RESOLVER)),
    row("dns-ipv4-addr", "<address>", NAMES, "Ask for names from this IPv4 address").means(Refused(Text, RESOLVER)),
    row("dns-ipv6-addr", "<address>", NAMES, "Ask for names from this IPv6 address").means(Refused(Text, RESOLVER)),
    row("dns-servers", "<addresses>", NAMES, "Ask these servers for names").means(Refused(Text, RESOLVER)),
    row("doh-cert-status", "", &[Dns, Tls], "Demand a certificate status from the DoH server").means(Refused(Toggle, DOH)),
    row("doh-insecure", "", &[Dns, Tls], "Accept any certificate of the DoH server").means(Refused(Toggle, DOH)),
    row("doh-url", "<URL>", NAMES, "Ask for names over HTTPS").means(Refused(Text, DOH)),
    row("dump-ca-embed", "", &[Http, Proxy, Tls], "Write out the built-in certificates")
        .means(Refused(Nothing, "cannot be done: rcurl's built-in roots are keys and names, not whole certificates")),
    row("ech", "<config>", &[Tls], "Encrypt the TLS hello").means(Refused(Text, "is for Encrypted Client Hello, which rcurl does not have")),
    row("egd-file", "<file>", &[Deprecated], "No effect, in curl too").means(Means::Deprecated(Text)),
    row("engine", "<name>", &[Tls], "Use this engine of OpenSSL").means(Refused(Text, "is for OpenSSL, and rcurl uses rustls")),
    row("eprt", "", FTP_ONLY, "Use EPRT").means(Foreign(Toggle, FTP)),
    row("epsv", "", FTP_ONLY, "Use EPSV").means(Foreign(Toggle, FTP)),
    row("false-start", "", &[Deprecated], "No effect, in curl too").means(NO_LONGER),
    row("ftp-account", "<data>", &[Ftp, Auth], "The account to tell").means(Refused(Text, FTP)),
    row("ftp-alternative-to-user", "<command>", FTP_ONLY, "Send this when USER fails").means(Refused(Text, FTP)),
    row("ftp-create-dirs", "", &[Ftp, Sftp], "Create directories on the server").means(Foreign(Toggle, FTP)),
    row("ftp-method", "<method>", FTP_ONLY, "How to change directories").means(Refused(Text, FTP)),
    row("ftp-pasv", "", FTP_ONLY, "Use passive mode").means(Foreign(Nothing, FTP)),
    row("ftp-port", "<address>", FTP_ONLY, "Use active mode").short('P').means(Refused(Text, FTP)),
    row("ftp-pret", "", FTP_ONLY, "Send PRET before PASV").means(Foreign(Toggle, FTP)),
    row("ftp-skip-pasv-ip", "", FTP_ONLY, "Do not believe the address in PASV").means(Foreign(Toggle, FTP)),
    row("ftp-ssl", "", STARTTLS, "The same as --ssl").means(Foreign(Toggle, FTP_TLS)),
    row("ftp-ssl-ccc", "", &[Ftp, Tls], "Leave TLS after the log-in").means(Foreign(Toggle, FTP_TLS)),
    row("ftp-ssl-ccc-mode", "<active/passive>", &[Ftp, Tls], "Who leaves TLS first").means(Refused(Text, FTP_TLS)),
    row("ftp-ssl-control", "", &[Ftp, Tls], "Use TLS for the log-in only").means(Foreign(Toggle, FTP_TLS)),
    row("ftp-ssl-reqd", "", STARTTLS, "The same as --ssl-reqd").means(Foreign(Toggle, FTP_TLS)),
    row("hostpubmd5", "<md5>", SHELL, "Accept this host key only").means(Refused(Text, SSH)),
    row("hostpubsha256", "<sha256>", SHELL, "Accept this host key only").means(Refused(Text, SSH)),
    row("http2", "", &[Http], "Use HTTP/2").means(Refused(Nothing, HTTP2)),
    row("http2-prior-knowledge", "", &[Http], "Use HTTP/2 without asking").means(Refused(Nothing, HTTP2)),
    row("http3", "", &[Http], "Use HTTP/3").means(Refused(Nothing, HTTP3)),
    row("http3-only", "", &[Http], "Use HTTP/3 and nothing else").means(Refused(Nothing, HTTP3)),
    row("knownhosts", "<file>", SHELL, "The host keys that are known").means(Refused(File, SSH)),
    row("krb", "<level>", &[Deprecated], "No effect, in curl too").means(Means::Deprecated(Text)),
    row("krb4", "<level>", &[Deprecated], "No effect, in curl too").means(Means::Deprecated(Text)),
    row("libcurl", "<file>", &[Curl, Global], "Write the command line as a program in C")
        .means(Refused(Text, "writes a program for libcurl, which rcurl is not made of")),
    row("list-only", "", &[Ftp, Pop3, Sftp, FileUrls], "List names only").short('l').means(Foreign(Toggle, FTP)),
    row("login-options", "<options>", &[Imap, Pop3, Smtp, Auth, Ldap], "Options of the log-in").means(Refused(Text, MAIL)),
    row("mail-auth", "<address>", &[Smtp], "Who first sent the mail").means(Refused(Text, MAIL)),
    row("mail-from", "<address>", &[Smtp], "Who sends the mail").means(Refused(Text, MAIL)),
    row("mail-rcpt", "<address>", &[Smtp], "Who gets the mail").means(Refused(Text, MAIL)),
    row("mail-rcpt-allowfails", "", &[Smtp], "Go on when a recipient is refused").means(Foreign(Toggle, MAIL)),
    row("metalink", "", &[Deprecated], "No effect, in curl too").means(NO_LONGER),
    row("negotiate", "", &[Auth, Http], "Log in with Kerberos (Negotiate)").means(Refused(Toggle, KERBEROS)),
    row("npn", "", &[Deprecated], "No effect, in curl too").on_by_default().means(NO_LONGER),
    row("ntlm", "", &[Auth, Http], "Log in with NTLM").means(Refused(Toggle, NTLM)),
    row("ntlm-wb", "", &[Deprecated], "No effect, in curl too").means(NO_LONGER),
    row("proxy-http2", "", &[Http, Proxy], "Use HTTP/2 with the proxy").means(Refused(Toggle, HTTP2)),
    row("proxy-http3", "", &[Http, Proxy], "Use HTTP/3 with the proxy").means(Refused(Toggle, HTTP3)),
    row("proxy-negotiate", "", &[Proxy, Auth], "Log in to the proxy with Kerberos (Negotiate)").means(Refused(Toggle, KERBEROS)),
    row("proxy-ntlm", "", &[Proxy, Auth], "Log in to the proxy with NTLM").means(Refused(Toggle, NTLM)),
    row("proxy-service-name", "<name>", &[Proxy, Tls], "The proxy's name in Kerberos").means(Refused(Text, KERBEROS)),
    row("proxy-tlsauthtype", "<type>", &[Deprecated], "No effect, in curl too").means(Means::Deprecated(Text)),
    row("proxy-tlspassword", "<string>", &[Deprecated], "No effect, in curl too").means(Means::Deprecated(Text)),
    row("proxy-tlsuser", "<name>", &[Deprecated], "No effect, in curl too").means(Means::Deprecated(Text)),
    row("pubkey", "<key>", &[Sftp, Scp, Ssh, Auth], "The public key").means(Refused(Text, SSH)),
    row("quote", "<command>", &[Ftp, Sftp], "Send this command before the transfer").short('Q').means(Refused(Text, FTP)),
    row("random-file", "<file>", &[Deprecated], "No effect, in curl too").means(Means::Deprecated(File)),
    row("sasl-authzid", "<identity>", &[Auth, Imap, Smtp, Pop3, Ldap], "Log in for somebody else").means(Refused(Text, MAIL)),
    row("sasl-ir", "", &[Auth, Imap, Pop3, Ldap, Smtp], "Log in with the first message").means(Foreign(Toggle, MAIL)),
    row("service-name", "<name>", &[Auth], "The server's name in Kerberos").means(Refused(Text, KERBEROS)),
    row("socks5-gssapi", "", &[Proxy, Auth], "Log in to a SOCKS5 proxy with Kerberos").means(Refused(Toggle, KERBEROS)),
    row("socks5-gssapi-nec", "", &[Proxy, Auth], "The same, as NEC does it").means(Refused(Toggle, KERBEROS)),
    row("socks5-gssapi-service", "<name>", &[Proxy, Auth], "The SOCKS5 proxy's name in Kerberos").means(Refused(Text, KERBEROS)),
    row("ssl", "", STARTTLS, "Use TLS if the server has it").means(Foreign(Toggle, FTP_TLS)),
    row("ssl-reqd", "", STARTTLS, "Use TLS or nothing").means(Foreign(Toggle, FTP_TLS)),
    row("ssl-sessions", "<filename>", &[Tls], "Keep TLS sessions in this file")
        .means(Refused(File, "cannot be done: the sessions of rustls stay in the process")),
    row("sslv2", "", &[Deprecated], "No effect, in curl too").short('2').means(Means::Deprecated(Nothing)),
    row("sslv3", "", &[Deprecated], "No effect, in curl too").short('3').means(Means::Deprecated(Nothing)),
    row("telnet-option", "<opt=val>", &[Telnet], "Set an option of TELNET").short('t').means(Refused(Text, TELNET)),
    row("test-duphandle", "", &[Curl], "For tests").means(Refused(Toggle, TESTS)),
    row("test-event", "", &[Curl], "For tests").means(Refused(Toggle, TESTS)),
    row("tftp-blksize", "<value>", &[Tftp], "The size of a block").means(Refused(Text, TFTP)),
    row("tftp-no-options", "", &[Tftp], "Send no options").means(Foreign(Toggle, TFTP)),
    row("tls-earlydata", "", &[Tls], "Send data with the TLS hello").means(Refused(Toggle, "is for TLS early data, which rcurl does not send")),
    row("tlsauthtype", "<type>", &[Deprecated], "No effect, in curl too").means(Means::Deprecated(Text)),
    row("tlspassword", "<string>", &[Deprecated], "No effect, in curl too").means(Means::Deprecated(Text)),
    row("tlsuser", "<name>", &[Deprecated], "No effect, in curl too").means(Means::Deprecated(Text)),
    row("upload-flags", "<flags>", &[Curl, Output, Imap, Upload], "Flags of uploaded mail").means(Refused(Text, MAIL)),
    row("wdebug", "", &[Connection], "For tests").means(Refused(Toggle, TESTS)),
];
