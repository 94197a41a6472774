-- Runs writes that belong together if every guard holds, or changes nothing at all.
-- KEYS: 1 waiting, then the keys that guards and writes name by their index.
-- ARGV: 1 now and 2 the skew allowed, both in ms (skew empty: virtual clock), 3 channel to wake
--       takers on ('' when nothing falls due soon), 4 wake message, 5 number of guards,
--       then per guard: key index, GET or HGET, hash field, value expected ('' for none),
--       then per write: command, key index, number of arguments, arguments.
-- Returns {'done'}, {'guard', number, value found} or {'skew', Redis's time in ms}.
-- A counter in a hash that comes to 0 is removed, so that counters do not pile up.
-- The first write of every caller grows memory, so that a full server refuses the whole script.
if ARGV[2] ~= '' then
  local t = redis.call('TIME')
  local server_ms = t[1] * 1000 + math.floor(t[2] / 1000)
  if math.abs(server_ms - tonumber(ARGV[1])) > tonumber(ARGV[2]) then
    return {'skew', server_ms}
  end
end
local i = 6
for guard = 1, tonumber(ARGV[5]) do
  local key, found = KEYS[tonumber(ARGV[i])], nil
  if ARGV[i + 1] == 'GET' then
    found = redis.call('GET', key)
  else
    found = redis.call('HGET', key, ARGV[i + 2])
  end
  if (found or '') ~= ARGV[i + 3] then return {'guard', guard, found or ''} end
  i = i + 4
end
while i <= #ARGV do
  local last = i + 2 + tonumber(ARGV[i + 2])
  local key = KEYS[tonumber(ARGV[i + 1])]
  local reply = redis.call(ARGV[i], key, unpack(ARGV, i + 3, last))
  if ARGV[i] == 'HINCRBY' and reply == 0 then redis.call('HDEL', key, ARGV[i + 3]) end
  i = last + 1
end
if ARGV[3] ~= '' and redis.call('DEL', KEYS[1]) == 1 then
  redis.call('PUBLISH', ARGV[3], ARGV[4])
end
return {'done'}
