-- How much of each game do we know?
--
-- The share of the main view in which at least nine of the ten players are named: before any
-- other number of a game is believed, look at this one.
--
-- Plot: bars, game_id, nine_named_share
--
-- game_id            Game.
-- nine_named_share   Share of the frames of the main view with nine named players or more.
-- identity_coverage  Share of main-view player rows with a player.
-- court_coverage     Share of main-view frames with a homography.
-- main_view_s        Time in the main view, seconds.

with frames as (
    select
        main_frames.game_id,
        main_frames.frame_index,
        any_value(main_frames.frame_s) as frame_s,
        count(distinct player_frames.player_id) as named
    from main_frames
    left join player_frames
        on main_frames.game_id = player_frames.game_id
        and main_frames.frame_index = player_frames.frame_index
    group by main_frames.game_id, main_frames.frame_index
)

select
    frames.game_id,
    sum(frames.frame_s) filter (where frames.named >= 9) / sum(frames.frame_s)
        as nine_named_share,
    any_value(games.identity_coverage) as identity_coverage,
    any_value(games.court_coverage) as court_coverage,
    any_value(games.main_view_s) as main_view_s
from frames
inner join games on frames.game_id = games.game_id
group by frames.game_id
order by frames.game_id
