-- Reads one claim: what its hash says and the submission from its history.
-- KEYS: 1 claim, 2 history.
-- Returns {revision, snapshot, submission event}, or an empty list when there is no such claim.
local found = redis.call('HMGET', KEYS[1], 'revision', 'snapshot', 'submission')
if not found[3] then return {} end
return {found[1], found[2], redis.call('LINDEX', KEYS[2], tonumber(found[3]) - 1) or ''}
