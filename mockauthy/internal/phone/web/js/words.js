// How things are said, in one place.

/** "+54 ••• ••• 9302": the country code and the last four digits. */
export const masked = (user) => `+${user.country_code} ••• ••• ${user.cellphone.slice(-4)}`;

/** A name to call a user by: the name, else the e-mail, else the number. */
export const called = (user) => user.name || user.email || `user ${user.id}`;

/** One or two letters for the round picture of a user. */
export function initials(user) {
  const parts = called(user).replace(/[^\p{L}\p{N}\s._-]/gu, '').split(/[\s._-]+/).filter(Boolean);
  return (parts.length > 1 ? [...parts[0]][0] + [...parts[1]][0] : [...(parts[0] ?? '?')].slice(0, 2).join('')).toUpperCase();
}

/** The digits of a code in groups that can be read: 7 as 3+4, 6 as 3+3. */
export function groups(token) {
  const cut = token.length === 9 ? [3, 6] : [Math.floor(token.length / 2)];
  return [0, ...cut].map((from, i) => token.slice(from, [...cut, token.length][i]));
}

/** A code for a screen reader, digit by digit. */
export const spelled = (token) => [...token].join(' ');

const systems = {
  android: 'Android', android_tablet: 'Android tablet', ios: 'iOS', iphone: 'iPhone', ipad: 'iPad', authy_chrome: 'Chrome app',
};
/** A device type as people say it. */
export const device = (os) => systems[os] ?? os;

const channels = { sms: 'Text', call: 'Call', email: 'E-mail', push: 'Push', whatsapp: 'WhatsApp' };
/** The way a message would have gone. */
export const channel = (name) => channels[name] ?? name;

/** "3 users", "1 user". */
export const count = (n, one, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
