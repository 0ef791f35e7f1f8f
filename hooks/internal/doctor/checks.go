package doctor

// Checks returns all checks, in the order in which a person reads about them.
func Checks() []Check {
	config := []Need{NeedConfig}
	settings := []Need{NeedSettings}
	accounts := []Need{NeedAccounts}
	both := []Need{NeedSettings, NeedAccounts}
	return []Check{
		{"configuration", "the hooks' own configuration is sound, and so are the modes of its files", nil,
			configuration},
		{"in_force", "what runs is what the files say", nil, inForce},
		{"hookd", "the running hookd is well", nil, wellHookd},
		{"users_file", "the users file can be read, nobody else may write it, and no line is broken", config,
			usersFile},
		{"totp_secrets", "the secrets of local TOTP are sound, sealed and nobody else's", config, totpSecrets},
		{"memory", "what must outlive a restart does, and no secret waits for its first code", config, remembers},
		{"clock", "our clock and SFTPGo's agree, where codes are judged by ours", config, clock},
		{"own_bypasses", "no configuration of the hooks lets anybody past", nil, ownBypasses},
		{"provider", "Authy itself judges the codes", nil, judges},
		{"way_out", "Authy is reached: directly, or through the proxy that a note names", config, wayOut},
		{"api_key", "Authy knows the API key", config, apiKey},
		{"mapping", "every account that maps to a user at Authy does so soundly", []Need{NeedConfig, NeedAccounts},
			mapping},
		{"account_source", "every hook can find out who an account is", settings, fetching},
		{"no_second_factor", "every account has a second factor", []Need{NeedConfig, NeedSettings, NeedAccounts},
			noSecondFactor},

		{"administrators", "every administrator has a second factor", []Need{NeedSettings, NeedAdministrators},
			administrators},
		{"whole_view", "doctor was shown every account", accounts, wholeView},

		{"hooks", "SFTPGo asks a hook at all", settings, hookMissing},
		{"hook_programs", "hook programs and their files are there and nobody else may change them", settings,
			programs},
		{"hook_transport", "hookd alone reads and answers what SFTPGo asks hooks over HTTP", settings, transport},
		{"external_auth_scope", "the external authentication hook is asked about passwords alone", settings,
			externalScopeCheck},
		{"check_password_scope", "the check password hook is asked on every protocol", both, checkScope},
		{"password_alone", "no stored password logs in alone", both, passwordAlone},
		{"replayable_code", "no code can be used again as the stored password", both, replayableCode},
		{"code_alone", "keyint asks for the code alone only where that is the one factor",
			both, codeAlone},
		{"two_codes", "one code is enough for each login", both, twoCodes},
		{"webdav_cache", "WebDAV soon forgets a code", both, davCache},
		{"keyint_timeout", "there is time to type a code", settings, keyintTimeout},
		{"public_key_alone", "no public key logs in alone", both, publicKeyAlone},
		{"tls_certificate_alone", "no TLS client certificate logs in alone", both, tlsAlone},
		{"self_service_keys", "nobody may put in a key that logs in alone", both, selfServiceKeys},
		{"user_api_keys", "no API key of a user logs in without a hook", both, userKeys},
		{"shares", "every link to files needs a login", []Need{NeedSettings, NeedAccounts, NeedInventory}, shares},
		{"password_reset", "a mail never logs in without a hook", both, passwordReset},
		{"oidc", "no identity provider logs in without a hook", settings, oidc},
		{"anonymous", "every account wants its own password", accounts, anonymous},
		{"auth_plugins", "no plugin answers in place of the hooks", settings, authPlugins},
		{"global_secrets", "no secret goes to every program", settings, globalSecrets},
		{"global_headers", "hookd's secret goes to the login hooks, and no secret to anybody else", settings, headers},
		{"secrets_in_log", "no secret stands in SFTPGo's log", settings, secretsInLog},
		{"defender", "guessing is stopped", settings, defender},
		{"proxies", "nobody can say that they come from another address", settings, proxies},
	}
}
