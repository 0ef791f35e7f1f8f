package hooks_test

import "sftpgo-authy/hooks/internal/provider/authy/authytest"

// networks are the rows about trusted networks: who comes from one needs no code, where somebody
// else judges the password and the address is known.
func networks() []row {
	const (
		here      = "trusted_networks: [192.0.2.0/24, '2001:db8:7::/48']"
		elsewhere = "trusted_networks: [198.51.100.0/24, '2001:db8::/48']"
		marked    = "checkpwd: {separator: ','}\n" + here
	)
	bypassed := func(r row) row {
		r.settings, r.reason, r.outcome, r.unseen = or(r.settings, here), "bypass_network", "bypassed", true
		return r
	}
	refused := func(r row) row { // the code counts
		r.status, r.body, r.reason = 401, authytest.Invalid, "code_wrong"
		return r
	}
	return []row{
		bypassed(row{name: "trusted network", keyint: unasked, checkpwd: whole}),
		bypassed(row{name: "trusted network of IPv6", ip: "2001:db8:7::9", keyint: unasked, checkpwd: whole}),
		bypassed(row{name: "trusted network, IPv4 written as IPv6", ip: "::ffff:192.0.2.9", keyint: unasked,
			checkpwd: whole}),
		bypassed(row{name: "trusted network, SSH", protocol: "SSH", checkpwd: whole}),
		bypassed(row{name: "trusted network, web client", protocol: "HTTP", checkpwd: whole}),
		bypassed(row{name: "trusted network, no code in sight", code: "word", checkpwd: whole}),
		bypassed(row{name: "trusted network, separator, no code typed", settings: marked, code: "word",
			checkpwd: whole}),
		bypassed(row{name: "trusted network, separator, no code behind it", settings: marked, code: ",word",
			checkpwd: whole}),
		{name: "trusted network, separator, right code typed", settings: marked, code: ",1234567", status: 200,
			body: authytest.Valid, checkpwd: yes, reason: "code_right"},
		refused(row{name: "trusted network, separator, wrong code typed", settings: marked, code: ",1234567",
			checkpwd: no}),
		refused(row{name: "trusted network, extauth", settings: here, extauth: no}),
		refused(row{name: "trusted network, WebDAV", settings: here, protocol: "DAV", checkpwd: no}),
		refused(row{name: "trusted network, a protocol that nobody knows", settings: here, protocol: "NFS",
			checkpwd: no}),
		refused(row{name: "trusted network, no protocol", settings: here, protocol: " ", checkpwd: no}),
		refused(row{name: "another network", settings: elsewhere, keyint: no, checkpwd: no}),
		refused(row{name: "another network of IPv6", settings: elsewhere, ip: "2001:db8:7::9", keyint: no,
			checkpwd: no}),
		refused(row{name: "trusted network, address unknown", settings: here, ip: "-", keyint: no, checkpwd: no}),
		refused(row{name: "trusted network, address that is none", settings: here, ip: "192.0.2.7.example.com",
			keyint: no, checkpwd: no}),
		{name: "trusted network, empty password", settings: here, code: "-", checkpwd: no, reason: "code_malformed",
			unseen: true},
		{name: "trusted network, unmapped", settings: here, users: "bob: 1\n", keyint: no, checkpwd: no,
			reason: "user_unmapped", unseen: true},
		{name: "trusted network, broken users file", settings: here, users: "alice 1000\n", keyint: no, checkpwd: no,
			reason: "accounts_unavailable", unseen: true},
	}
}
