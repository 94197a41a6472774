-- Frees the key of a submission whose claim has left.
-- KEYS: 1 submission.   ARGV: 1 the claim.
-- Returns 1 when the key was the claim's and is free now, 0 when it was not.
local found = redis.call('GET', KEYS[1])
if not found or string.sub(found, 1, #ARGV[1] + 1) ~= ARGV[1] .. ' ' then return 0 end
return redis.call('DEL', KEYS[1])
