// Package hookhost is a small file server that asks login hooks whether somebody may log in: a real
// SSH (SFTP), FTP and plain WebDAV server in one process, for tests that have nothing but Go.
//
// It calls the keyboard-interactive, external authentication and check password hooks, as programs
// or over HTTP, the way SFTPGo 2.7.5 calls them: same order, same environment, same JSON, same
// reading of every answer, including the answers that let somebody in by mistake. A faulty hook
// must look as bad here as it does in production.
//
// It has no caches, no groups, no multi-step logins, no TLS and no REST API. Where it differs from
// SFTPGo in anything else, it is wrong; a test compares the two when an sftpgo is on PATH.
package hookhost
