// The control API as data: each call is {method, path, body}. The page sends it and the curl line is written from the
// same object, so what a control shows is what it does.

const get = (path, query = {}) => ({ method: 'GET', path: withQuery(path, query) });
const post = (path, body) => ({ method: 'POST', path, body });
const patch = (path, body) => ({ method: 'PATCH', path, body });
const del = (path) => ({ method: 'DELETE', path });

function withQuery(path, query) {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== '' && value !== null && value !== undefined) params.set(name, value);
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

export const apps = {
  list: () => get('/_mock/apps'),
  add: (app) => post('/_mock/apps', app),
};

export const users = {
  list: (query) => get('/_mock/users', query),
  get: (id) => get(`/_mock/users/${id}`),
  add: (user) => post('/_mock/users', user),
  change: (id, change) => patch(`/_mock/users/${id}`, change),
  remove: (id) => del(`/_mock/users/${id}`),
};

export const factors = {
  list: (query) => get('/_mock/factors', query),
  get: (sid) => get(`/_mock/factors/${sid}`),
  remove: (sid) => del(`/_mock/factors/${sid}`),
};

// A user of Authy goes by a number, a factor of Verify by a SID.
const isFactor = (id) => typeof id === 'string';
export const token = (id, family) => (isFactor(id) ? get(`/_mock/factors/${id}/token`) : get(`/_mock/users/${id}/token`, { family }));
// A picture cannot send headers either.
export const qr = (id, family, key) => (isFactor(id) ? get(`/_mock/factors/${id}/qr`, { api_key: key }) : get(`/_mock/users/${id}/qr`, { family, api_key: key }));
export const codes = (ids) => get('/_mock/codes', { ids: ids.filter((id) => !isFactor(id)).join(','), factors: ids.filter(isFactor).join(',') });

export const clock = {
  get: () => get('/_mock/clock'),
  change: (change) => post('/_mock/clock', change),
};

export const faults = {
  list: () => get('/_mock/faults'),
  add: (rule) => post('/_mock/faults', rule),
  remove: (id) => del(`/_mock/faults/${id}`),
  clear: () => del('/_mock/faults'),
};

export const journal = {
  list: (query) => get('/_mock/journal', query),
  clear: () => del('/_mock/journal'),
};

export const outbox = {
  list: (query) => get('/_mock/outbox', query),
  clear: () => del('/_mock/outbox'),
};

export const approvals = {
  list: (query) => get('/_mock/approvals', query),
  approve: (uuid) => post(`/_mock/approvals/${uuid}/approve`),
  deny: (uuid) => post(`/_mock/approvals/${uuid}/deny`),
};

export const reset = () => post('/_mock/reset');

// EventSource cannot send headers, so the app is named in the address.
export const events = (key) => get('/_mock/events', { api_key: key });
