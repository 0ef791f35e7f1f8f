package doctor

// Checks returns all checks, in the order in which a person reads about them.
func Checks() []Check {
	hooks := []Need{NeedHooks}
	config := []Need{NeedConfig}
	settings := []Need{NeedSettings}
	accounts := []Need{NeedAccounts}
	hookSettings := []Need{NeedHooks, NeedSettings}
	both := []Need{NeedSettings, NeedAccounts}
	all := []Need{NeedHooks, NeedSettings, NeedAccounts}
	return []Check{
		{"configuration", "the hooks' own configuration is sound, and so are the modes of its files", hooks,
			configuration},
		{"in_force", "what runs is what the files say", hooks, inForce},
		{"hookd", "the running hookd is well", hooks, wellHookd},
		{"users_file", "the users file can be read, nobody else may write it, and no line is broken", config,
			usersFile},
		{"totp_secrets", "the secrets of local TOTP are sound, sealed and nobody else's", config, totpSecrets},
		{"memory", "what must outlive a restart does, and no secret waits for its first code", config, remembers},
		{"verify", "Twilio Verify knows the secret, the service and every factor, whose codes fit", config, verifyWell},
		{"verify_limit", "nobody uses up the codes that Twilio Verify judges for somebody else", hooks, verifyLimit},
		{"clock", "our clock and SFTPGo's agree, where codes are judged by ours", config, clock},
		{"own_bypasses", "no configuration of the hooks lets anybody past", hooks, ownBypasses},
		{"provider", "Authy, or Twilio Verify, itself judges the codes", hooks, judges},
		{"way_out", "Authy and Twilio Verify are reached: directly, or through the proxy that a note names", config,
			wayOut},
		{"api_key", "Authy knows the API key", config, apiKey},
		{"mapping", "every account that maps to a user at Authy does so soundly", []Need{NeedConfig, NeedAccounts},
			mapping},
		{"account_source", "every hook can find out who an account is", hookSettings, fetching},
		{"no_second_factor", "every account has a second factor", []Need{NeedPeople, NeedSettings, NeedAccounts},
			noSecondFactor},

		{"administrators", "every administrator has a second factor", []Need{NeedSettings, NeedAdministrators},
			administrators},
		{"whole_view", "doctor was shown every account", accounts, wholeView},

		{"hooks", "somebody asks for a code at all", settings, hookMissing},
		{"hook_programs", "hook programs and their files are there and nobody else may change them", hookSettings,
			programs},
		{"hook_transport", "hookd alone reads and answers what SFTPGo asks hooks over HTTP", hookSettings, transport},
		{"external_auth_scope", "the external authentication hook is asked about passwords alone", hookSettings,
			externalScopeCheck},
		{"check_password_scope", "the check password hook is asked on every protocol", all, checkScope},
		{"password_alone", "no stored password logs in alone", both, passwordAlone},
		{"own_second_factor", "nobody else can set SFTPGo's own second factor, and no session takes it away", both,
			ownFactor},
		{"replayable_code", "no code can be used again as the stored password", all, replayableCode},
		{"code_alone", "keyint asks for the code alone only where that is the one factor",
			all, codeAlone},
		{"two_codes", "one code is enough for each login", all, twoCodes},
		{"webdav_cache", "WebDAV soon forgets a code", all, davCache},
		{"keyint_timeout", "there is time to type a code", hookSettings, keyintTimeout},
		{"public_key_alone", "no public key logs in alone", both, publicKeyAlone},
		{"tls_certificate_alone", "no TLS client certificate logs in alone", both, tlsAlone},
		{"self_service_keys", "nobody may put in a key that logs in alone", both, selfServiceKeys},
		{"user_api_keys", "no API key of a user logs in without a code", both, userKeys},
		{"shares", "every link to files needs a login", []Need{NeedSettings, NeedAccounts, NeedInventory}, shares},
		{"password_reset", "a mail never logs in without a code", both, passwordReset},
		{"oidc", "no identity provider logs in without a code", settings, oidc},
		{"anonymous", "every account wants its own password", accounts, anonymous},
		{"auth_plugins", "no plugin answers in place of the hooks", settings, authPlugins},
		{"global_secrets", "no secret goes to every program", settings, globalSecrets},
		{
			"global_headers",
			"hookd's secret goes to the login hooks, and no secret to anybody else",
			hookSettings,
			headers,
		},
		{"secrets_in_log", "no secret stands in SFTPGo's log", settings, secretsInLog},
		{"defender", "guessing is stopped", settings, defender},
		{"proxies", "nobody can say that they come from another address", settings, proxies},
	}
}
