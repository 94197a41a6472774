-- Reads a part of the feed of one partition, and what tells whether anything before it is gone.
-- KEYS: 1 feed.   ARGV: 1 the id to read after (0-0 for everything), 2 the most entries to read.
-- Returns {oldest id there or '', newest id there has ever been, how many entries have been taken
--       away, entries}. Nothing is written.
if redis.call('EXISTS', KEYS[1]) == 0 then return {'', '0-0', 0, {}} end
local info, about = redis.call('XINFO', 'STREAM', KEYS[1]), {}
for i = 1, #info, 2 do about[info[i]] = info[i + 1] end
local oldest = about['first-entry'] and about['first-entry'][1] or ''
return {
  oldest, about['last-generated-id'], about['entries-added'] - about['length'],
  redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', ARGV[2]),
}
