# Test against mockauthy from Ruby, with the standard library alone.
# Start it with `mockauthy` (or set MOCKAUTHY_URL), then: ruby mockauthy.rb

require "json"
require "net/http"

URL = ENV.fetch("MOCKAUTHY_URL", "http://127.0.0.1:8880")

# Sends one request and gives status and JSON.
def call(method, path, body: nil, key: nil)
  uri = URI(URL + path)
  request = Net::HTTP.const_get(method.capitalize).new(uri)
  request["X-Authy-API-Key"] = key if key
  if body
    request["Content-Type"] = "application/json"
    request.body = JSON.generate(body)
  end
  reply = Net::HTTP.start(uri.host, uri.port) { |http| http.request(request) }
  [reply.code.to_i, reply.body.to_s.start_with?("{") ? JSON.parse(reply.body) : nil]
end

def expect(got, want)
  raise "got #{got.inspect}, want #{want.inspect}" unless got == want
end

# A key of its own gives this test its own users, clock, faults and journal: others may run at the same time.
key = call("POST", "/_mock/apps", body: { name: "Ruby test" })[1]["key"]
ann = call("POST", "/_mock/users", key: key, body: { name: "ann", cellphone: "2015550123", country_code: 1 })[1]

code = -> { call("GET", "/_mock/users/#{ann["id"]}/token", key: key)[1]["token"] }
# This is what your program does.
verify = ->(token) { call("GET", "/protected/json/verify/#{token}/#{ann["id"]}?force=true", key: key) }

expect(verify.(code.())[1]["token"], "is valid")

# An old code: turn the clock instead of waiting.
old = code.()
call("POST", "/_mock/clock", key: key, body: { advance: "10m" })
expect(verify.(old)[1]["error_code"], "60020")

# Authy is in trouble, once.
call("POST", "/_mock/faults", key: key, body: { match: { endpoint: "verify" }, effect: { status: 503 }, times: 1 })
expect(verify.(code.())[0], 503)
expect(verify.(code.())[0], 200)

# What was really asked, and why it was answered so.
journal = call("GET", "/_mock/journal/wait?endpoint=verify&count=4&timeout=5s", key: key)[1]
expect(journal["items"].count { |entry| entry["decision"] == "accepted" }, 2)

call("DELETE", "/_mock/apps/#{key}")
puts "ok"
