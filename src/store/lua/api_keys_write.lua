-- Writes records of API keys, if nobody has changed any since they were read.
-- KEYS: 1 API keys.
-- ARGV: 1 the revision they were read at, 2 how many records to write, then per record its id and
--       its JSON, then the ids of records to forget.
-- Returns 1 when it is done, 0 when the revision is another one.
if (redis.call('HGET', KEYS[1], '#revision') or '0') ~= ARGV[1] then return 0 end
redis.call('HINCRBY', KEYS[1], '#revision', 1)
local last = 2 + 2 * tonumber(ARGV[2])
for i = 3, last, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = last + 1, #ARGV do redis.call('HDEL', KEYS[1], ARGV[i], ARGV[i] .. '#used') end
return 1
