-- Teams of each game: names, shirts, and who is at home.
--
-- game_id    Game.
-- season     Season, as the league writes it.
-- league     Whose rules: the name of a league file.
-- date       Day of the game; null if not known.
-- team_id    Team.
-- team_name  Its name; null if nobody said it.
-- shirt      Colour of its shirts by the game file, as #rrggbb; null if not said.
-- is_home    Whether it is the home team.

select
    game_id,
    season,
    league,
    date,
    home_team_id as team_id,
    home_team_name as team_name,
    home_shirt as shirt,
    true as is_home
from games
union all
select
    game_id,
    season,
    league,
    date,
    away_team_id as team_id,
    away_team_name as team_name,
    away_shirt as shirt,
    false as is_home
from games
where away_team_id <> home_team_id
