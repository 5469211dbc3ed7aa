-- How much later things are called than seen, by season: what is usual, and of how many games.
--
-- From the pairs of all games together, as clock_lags does it for one; a game of which too little
-- was seen has this lag if the archive has one at all: create or replace macro archive_lag_s() as
-- <lag_s>; makes the agreements use it.
--
-- season    Season.
-- event     shot attempt or change of control.
-- lag_s     Clock seen less clock called, median of the pairs that lie together, seconds.
-- spread_s  Half of the pairs are this near it, seconds.
-- pairs     Pairs within lag_near_s() of it.
-- games     Games whose own lag is known.
-- apart     Games of them whose lag is more than lag_near_s() from it, or that have two.
-- drifting  Games of them whose lag drifts.

with crowded as (
    select
        games.season,
        clock_pairs.event,
        clock_pairs.lag_s,
        count(*) over (
            partition by games.season, clock_pairs.event
            order by clock_pairs.lag_s
            range between lag_near_s() preceding and lag_near_s() following
        ) as near
    from clock_pairs
    inner join games on clock_pairs.game_id = games.game_id
),

centred as (
    select
        *,
        first_value(lag_s) over (
            partition by season, event order by near desc, abs(lag_s)
        ) as centre_s
    from crowded
),

usual as (
    select
        season,
        event,
        median(lag_s) as lag_s,
        mad(lag_s) as spread_s,
        count(*) as pairs
    from centred
    where abs(lag_s - centre_s) <= lag_near_s()
    group by season, event
),

own as (
    select games.season, clock_lags.event, clock_lags.lag_s, clock_lags.state
    from clock_lags
    inner join games on clock_lags.game_id = games.game_id
    where clock_lags.state <> 'not known'
)

select
    usual.season,
    usual.event,
    usual.lag_s,
    usual.spread_s,
    usual.pairs,
    count(own.state) as games,
    count(own.state) filter (
        own.state = 'two modes' or abs(own.lag_s - usual.lag_s) > lag_near_s()
    ) as apart,
    count(own.state) filter (own.state = 'drifts') as drifting
from usual
left join own on usual.season = own.season and usual.event = own.event
group by usual.season, usual.event, usual.lag_s, usual.spread_s, usual.pairs
