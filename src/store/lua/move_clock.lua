-- Moves the virtual clock, forwards only, and wakes everybody.
-- KEYS: 1 clock.
-- ARGV: 1 where to, in ms, 2 where the clock has to stand for that, in ms, or '' for anywhere
--       before, 3 channel and 4 message that wake.
-- Returns where the clock stands then, in ms.
local stands, to = tonumber(redis.call('GET', KEYS[1]) or '0'), tonumber(ARGV[1])
if to < stands or (ARGV[2] ~= '' and tonumber(ARGV[2]) ~= stands) then return stands end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('PUBLISH', ARGV[3], ARGV[4])
return to
