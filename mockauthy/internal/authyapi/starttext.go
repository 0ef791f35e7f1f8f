package authyapi

import (
	"slices"
	"strings"

	"sftpgo-authy/mockauthy/internal/authy"
)

// startTexts are the known messages of phones/verification/start, by channel and language; # is the
// number. The real service has texts in other languages too, but no capture shows them.
func startTexts() map[string]map[string]string {
	return map[string]map[string]string{
		"sms": {
			"en": "Text message sent to #.",
			"fr": "SMS envoyé à #.",  // an issue of authy-client, 2018, for country 33 and no locale
			"it": "SMS inviato a #",  // the same, for country 39
			"nb": "SMS sendt til #.", // captured, for country 47
		},
		"call": {
			"en": "Call to # initiated",
			"es": "Llamada a # fue iniciada.", // tests of authy-java, for locale es
		},
	}
}

// locales are those that Twilio's documentation lists, without regions.
func locales() []string {
	return strings.Fields(
		"af ar ca zh hr cs da nl en fi fr de el he hi hu id it ja ko ms nb pl pt ro ru es sv tl th tr vi")
}

// startText is the message of phones/verification/start: in the language of the locale, or of the
// country when there is no locale or the service does not know it (documentation); English where no
// text is known.
func startText(s authy.Started, locale string) string {
	texts := startTexts()[s.Via]
	text, ok := texts[language(locale, s.Phone.CountryCode())]
	if !ok {
		text = texts["en"]
	}
	return strings.Replace(text, "#", s.Phone.Grouped(), 1)
}

func language(locale string, country int) string {
	tag, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(locale, "_", "-")), "-")
	if tag == "no" { // Norwegian is nb in the list
		tag = "nb"
	}
	if slices.Contains(locales(), tag) {
		return tag
	}
	switch country {
	case 33:
		return "fr"
	case 34:
		return "es"
	case 39:
		return "it"
	case 47:
		return "nb"
	}
	return "en"
}
