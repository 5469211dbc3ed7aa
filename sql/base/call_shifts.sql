-- What to add to the clock of a call to be on the clock that was seen, by game.
--
-- The lag of changes of control of the game, where it is known and there is only one; or else
-- archive_lag_s(); or else nothing, and calls are joined at equal clocks: the null of lag_s is 0
-- in shift_s.
--
-- game_id  Game with a play-by-play.
-- lag_s    Lag that is used, seconds; null if none is known.
-- shift_s  The same, seconds; 0 at equal clocks.
-- origin   game, archive or equal clocks.

with lags as (
    select game_id, lag_s
    from clock_lags
    where event = 'change of control' and state in ('known', 'drifts')
),

called as (
    select distinct game_id from called_events
)

select
    called.game_id,
    coalesce(lags.lag_s, archive_lag_s()) as lag_s,
    coalesce(lags.lag_s, archive_lag_s(), 0) as shift_s,
    case
        when lags.lag_s is not null then 'game'
        when archive_lag_s() is not null then 'archive'
        else 'equal clocks'
    end as origin
from called
left join lags on called.game_id = lags.game_id
