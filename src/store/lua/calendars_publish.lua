-- Puts an edition of the calendars in force, or records an outage, unless another was first.
-- KEYS: 1 calendars, 2 history, 3 sweeps, 4 pending sweeps.
-- ARGV: 1 the field that counts (number, outages), 2 its value expected and 3 from now on,
--       4 JSON of the edition ('' with an outage), 5 entry of the history, 6 most entries in it,
--       7 sweep ('' for none), 8 JSON of the sweep, 9 the sweep to forget, 10 now in ms,
--       11 channel, 12 message.
-- Returns 1, or 0 when the count was another one.
if (redis.call('HGET', KEYS[1], ARGV[1]) or '0') ~= ARGV[2] then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[5])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', KEYS[1], 'edition', ARGV[4]) end
redis.call('LTRIM', KEYS[2], -tonumber(ARGV[6]), -1)
redis.call('HDEL', KEYS[3], ARGV[9])
if ARGV[7] ~= '' then
  redis.call('HSET', KEYS[3], ARGV[7], ARGV[8])
  redis.call('ZADD', KEYS[4], ARGV[10], ARGV[7])
end
redis.call('PUBLISH', ARGV[11], ARGV[12])
return 1
