-- Which fives were on the court together?
--
-- Seen, not played: a frame counts when exactly five of the team are named in it; of all games.
--
-- Plot: bars, five, observed_s
--
-- five            Surnames of the five.
-- team            Its name, or else its id.
-- team_id         Team.
-- player_ids      The five, sorted, with commas between.
-- observed_s      Time seen together, seconds.
-- observed_share  Share of the time in which any five of the team were seen.

with fives as (
    select
        lineups.team_id,
        lineups.player_ids,
        coalesce(any_value(teams.team_name), lineups.team_id) as team,
        sum(lineups.observed_s) as observed_s,
        sum(lineups.observed_s) / sum(sum(lineups.observed_s)) over (partition by lineups.team_id)
            as observed_share
    from lineups
    left join teams on lineups.game_id = teams.game_id and lineups.team_id = teams.team_id
    group by lineups.team_id, lineups.player_ids
),

members as (
    select team_id, player_ids, unnest(string_split(player_ids, ',')) as player_id from fives
),

names as (
    select player_id, any_value(player_name) as player_name from rosters group by player_id
),

named_fives as (
    select
        members.team_id,
        members.player_ids,
        string_agg(
            split_part(names.player_name, ' ', -1), ', ' order by names.player_name
        ) as five
    from members
    inner join names on members.player_id = names.player_id
    group by members.team_id, members.player_ids
)

select
    named_fives.five,
    fives.team,
    fives.team_id,
    fives.player_ids,
    fives.observed_s,
    fives.observed_share
from fives
inner join named_fives
    on fives.team_id = named_fives.team_id and fives.player_ids = named_fives.player_ids
order by fives.observed_s desc, fives.player_ids
limit 20
