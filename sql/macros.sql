-- Conversions for readers, and every threshold of the views in one place.
--
-- A view takes its thresholds from here, so an analyst changes one for a session by creating the
-- macro again: create or replace macro guarding_m() as 0.9; and asks the view's query instead of
-- the rows that are stored with the games: from recomputed.three_second_violations;

-- Lengths of the rule books, for readers.
create or replace macro feet(length_m) as length_m / 0.3048;
create or replace macro miles(length_m) as length_m / 1609.344;
create or replace macro miles_per_hour(speed_mps) as speed_mps / 0.44704;

-- Differences of times, to the millisecond, before they are compared: 3.1 - 0.1 is 3 s.
create or replace macro rounded_s(duration_s) as round(duration_s, 3);

-- Names that are less sure are no names: the one place to demand confidence. It holds for all
-- statistics; rows of materialised views keep their names, beside the probability.
create or replace macro least_identity_prob() as 0.0;
create or replace macro sure_player(player_id, identity_prob) as
if(identity_prob < least_identity_prob(), null, player_id);

-- A leaderboard leaves out who was seen for less than this share of the time of the longest seen:
-- a share of a few seconds is chance.
create or replace macro least_exposure_share() as 0.1;

-- Paths: steps that are longer are not bridged; a speed is that of the last moments. How fast
-- anybody runs is a fact of the sport: leagues.fastest_mps.
create or replace macro path_gap_s() as 0.5;
create or replace macro speed_span_s() as 0.305;
-- A run at high speed, or a sprint, lasts so long at least.
create or replace macro effort_least_s() as 0.5;
-- A player who is faster runs: 10 mph.
create or replace macro fast_mps() as 4.5;

-- Roles of those who play.
create or replace macro plays(role) as role in ('player', 'goalkeeper');

-- Motions of shooting, as the column action names them; a shot-attempt is one of unknown kind.
create or replace macro is_shooting(action) as
action in ('jump-shot', 'layup-dunk', 'shot-attempt');

-- The clock of the score bug is trusted this long after it was read.
create or replace macro clock_memory_s() as 1.0;

-- Runs of rows of a step, which is named by text: the rows in order, each with run_index, its run
-- counted from 1 within the game and the part of it. A run begins where is_new says so, ...
create or replace macro numbered_runs(step, part, place, is_new) as table
select *, sum(is_new::int) over (partition by game_id, part order by place) as run_index
from query_table(step);
-- ... or where the value is another one than in the row before.
create or replace macro equal_runs(step, part, place, value) as table
with runs_of_value as (
    select *, row_number() over path = 1 or value is distinct from lag(value) over path as is_new
    from query_table(step)
    window path as (partition by game_id, part order by place)
)
from numbered_runs('runs_of_value', part, place, is_new);

-- Events with the video that shows them: a view or table of events, which is named by text, and the
-- column that says when; video_s is the time in that file, and video_link opens it there:
-- from with_links('passes', start_s).
create or replace macro with_links(events, moment) as table
with shown as (
    select
        segments.game_id as shown_game_id,
        segments.segment_index as shown_segment_index,
        segments.video_start_s,
        games.videos[segments.video_index + 1] as video
    from segments
    inner join games on segments.game_id = games.game_id
)
select
    happened.*,
    moment - shown.video_start_s as video_s,
    shown.video || '#t=' || round(greatest(moment - shown.video_start_s, 0), 1) as video_link
from query_table(events) as happened
left join shown
    on happened.game_id = shown.shown_game_id
    and happened.segment_index = shown.shown_segment_index;

-- Control of the ball: a team gains it by being seen with the ball for this long, and keeps it
-- this long after its last sighting. A shooter seen with the ball this soon after the motion
-- has not released it. Motions this near each other are one.
create or replace macro hold_confirm_s() as 0.3;
create or replace macro control_memory_s() as 5.0;
-- Without a clock, the ball is surely in play only this long after a player was seen with it.
create or replace macro ball_memory_s() as 2.0;
create or replace macro shot_abort_s() as 0.5;
-- ... and who was not seen with it this long before, or shooting in so many frames, had it not.
create or replace macro shot_hold_s() as 1.0;
create or replace macro shot_frames() as 3;
-- A sighting is an error if most others this near show the other team.
create or replace macro control_vote_s() as 1.0;

-- Who has the ball is under pressure with an opponent this near: 5 yards.
create or replace macro pressure_m() as 4.572;

-- A pass arrives, and a rebound is taken, this soon after the ball left the hands.
create or replace macro pass_longest_s() as 4.0;
create or replace macro rebound_longest_s() as 5.0;
-- The score bug shows a basket at the latest this long after the ball left the hands.
create or replace macro score_delay_s() as 6.0;

-- A player is off the court who is not seen for so much of the main view.
create or replace macro stint_gap_s() as 60.0;

-- Which basket a team attacks: sightings this soon after the ball changed hands do not vote;
-- there must be this much time of them, and this share of it on one half.
create or replace macro attack_settle_s() as 4.0;
create or replace macro attack_vote_s() as 1.0;
create or replace macro attack_vote_share() as 0.65;
-- ... and if that does not decide, the votes of segments this near count, too.
create or replace macro attack_memory_s() as 120.0;
create or replace macro vote_sign(side_s, votes_s) as
if(
    votes_s >= attack_vote_s() and abs(side_s) >= (2 * attack_vote_share() - 1) * votes_s,
    sign(side_s),
    null
);
-- At goals, frames vote that show this many players of either team.
create or replace macro goal_side_players() as 4;
-- The shape of a team is that of frames which place so much of its players on the court.
create or replace macro formation_share() as 0.7;
-- A formation in front of a basket has so many players in it; one team is farther by so much.
create or replace macro formation_players() as 7;
create or replace macro formation_margin_m() as 0.5;
-- It stays if the players do in this share of the frames of the next seconds.
create or replace macro formation_stay_s() as 4.0;
create or replace macro formation_stay_share() as 0.5;

-- Three seconds: a foot point stands for two feet with size, so who is this near the lane
-- touches it, and only who is further than the second value is out of it.
create or replace macro lane_touch_m() as 0.20;
create or replace macro lane_clear_m() as 0.35;
-- ... for at least so long; guarding counts from the same duration.
create or replace macro lane_reset_s() as 0.20;
-- Error of a position on the court, with which the count is bounded from both sides.
create or replace macro lane_error_m() as 0.30;
-- Tracklets of one person: the next begins this soon after, and this near.
create or replace macro join_gap_s() as 1.0;
create or replace macro join_m() as 1.2;
-- Missing observations: bridged, bridged but weak, and the count is closed.
create or replace macro gap_bridged_s() as 0.20;
create or replace macro gap_weak_s() as 0.50;
-- Moving: to the basket with the ball, or out of the lane, which is reached within this time.
create or replace macro moving_mps() as 1.0;
create or replace macro moving_span_s() as 0.405;
create or replace macro exit_s() as 0.7;
-- Guarding: within arm's length of an opponent, and not behind a team-mate who is nearer; a count
-- is certain only of who guards nobody at the second distance, either.
create or replace macro guarding_m() as 1.2;
create or replace macro guarding_far_m() as 1.8;
create or replace macro stacked_deg() as 20.0;
-- How far beyond the limit a count is clear.
create or replace macro clear_margin_s() as 0.5;

-- Calls of the play-by-play are this much off the clock, before or after what they are about.
create or replace macro called_edge_s() as 3.0;

-- Two clocks: a call belongs to what was seen this near it; pairs lie together within the second.
create or replace macro lag_reach_s() as 10.0;
create or replace macro lag_near_s() as 1.0;
-- Fewer than this many pairs make no lag.
create or replace macro lag_least_pairs() as 8;
-- The lag of games whose own is not known, as archive_clock_lags says it; null for none, and they
-- are joined at equal clocks.
create or replace macro archive_lag_s() as null::double;

-- Cuts: this fast towards the basket, by so much, to within so far of it; the pass comes this soon.
create or replace macro cut_mps() as 2.5;
create or replace macro cut_least_m() as 2.5;
create or replace macro cut_end_m() as 3.0;
create or replace macro cut_pass_s() as 1.5;

-- Closeouts: from so far, by at least a step, within this time of a catch; 38 ft from the basket.
create or replace macro closeout_from_m() as 1.8;
create or replace macro closeout_least_m() as 0.9;
create or replace macro closeout_s() as 1.0;
create or replace macro closeout_reach_m() as 11.6;

-- Fast breaks: the ball is in front of the basket so soon after it was won in play, while at most
-- so many opponents are nearer to the basket.
create or replace macro fast_break_s() as 8.0;
create or replace macro fast_break_back() as 3;

-- Zone or man: how common zones are (3 % of the plays of 2009-10, 0.2 % of 2017-18), how far apart
-- two looks at a defence are, and how much of one tells something new.
create or replace macro zone_prior_prob() as 0.02;
create or replace macro zone_look_s() as 0.5;
create or replace macro zone_news_share() as 0.5;
create or replace macro zone_least_s() as 3.0;

-- Screens: so near to the defender, slower than this, for so long.
create or replace macro screen_m() as 1.2;
create or replace macro screen_mps() as 1.5;
create or replace macro screen_s() as 0.2;
create or replace macro trap_m() as 1.5;
-- What the defence did shows in the second that begins so much later; a roll is so much nearer to
-- the basket; shots and passes within this time are of the screen.
create or replace macro screen_after_s() as 0.5;
create or replace macro roll_m() as 1.5;
create or replace macro action_s() as 4.0;
