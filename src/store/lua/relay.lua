-- Puts entries on the agenda, and moves the relay's cursor past their events in the same step.
-- KEYS: 1 waiting, 2 relay, then per job: agenda, running, attempts, dead, dead letters.
-- ARGV: 1 when the entries are due in ms, 2 channel to wake takers on, 3 wake message, 4 cursor
--       expected and 5 cursor from now on (both '' when this is no step of the relay),
--       6 number of paused webhooks, then per paused webhook: id, events it is not told of;
--       then per job: number of entries, entries.
-- Returns how many entries were put on the agenda, or -1 when the cursor was moved by another.
-- An entry that a worker has right now is left to it.
if ARGV[5] ~= '' then
  if (redis.call('HGET', KEYS[2], 'cursor') or '') ~= ARGV[4] then return -1 end
  redis.call('HSET', KEYS[2], 'cursor', ARGV[5])
end
local i, put = 7, 0
for _ = 1, tonumber(ARGV[6]) do
  redis.call('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1])
  i = i + 2
end
for k = 3, #KEYS, 5 do
  local agenda, running, attempts, dead = KEYS[k], KEYS[k + 1], KEYS[k + 2], KEYS[k + 3]
  for j = i + 1, i + tonumber(ARGV[i]) do
    local entry = ARGV[j]
    if not redis.call('ZSCORE', running, entry) then
      redis.call('ZADD', agenda, ARGV[1], entry)
      redis.call('HDEL', attempts, entry)
      if redis.call('ZREM', dead, entry) == 1 then redis.call('HDEL', KEYS[k + 4], entry) end
      put = put + 1
    end
  end
  i = i + 1 + tonumber(ARGV[i])
end
if put > 0 and redis.call('DEL', KEYS[1]) == 1 then
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return put
