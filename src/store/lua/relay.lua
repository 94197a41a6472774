-- Puts deliveries on the agenda, and moves the relay's cursor past their events in the same step.
-- KEYS: 1 waiting, 2 relay, then of deliveries: 3 agenda, 4 running, 5 attempts, 6 dead,
--       7 dead letters.
-- ARGV: 1 now in ms, 2 channel to wake takers on, 3 wake message, 4 cursor expected and 5 cursor
--       from now on (both '' when something is delivered again, which is no step of the relay),
--       6 number of paused webhooks, then per paused webhook: id, events it is not told of;
--       then the entries.
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
for j = i, #ARGV do
  local entry = ARGV[j]
  if not redis.call('ZSCORE', KEYS[4], entry) then
    redis.call('ZADD', KEYS[3], ARGV[1], entry)
    redis.call('HDEL', KEYS[5], entry)
    if redis.call('ZREM', KEYS[6], entry) == 1 then redis.call('HDEL', KEYS[7], entry) end
    put = put + 1
  end
end
if put > 0 and redis.call('DEL', KEYS[1]) == 1 then
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return put
