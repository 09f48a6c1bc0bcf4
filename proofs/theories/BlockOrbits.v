(* The orbits of a block horseshoe that has passed the check: points 1 to 3 and 5 of the plan in
   BlockHorseshoe.v. *)
From Coq Require Import Reals Lra Lia ZArith QArith Qreals List Bool.
From Certify Require Import Dynamics Iterates Entropy Rational Bends Spaces FullShift CrossForm Paths.
From Certify Require Import Vectors VectorMaps AffineForms BlockCheck BlockCoordinates.
Import ListNotations.
Local Open Scope R_scope.

(* ---- What the check says of the links ---- *)

Lemma links_walk S words : forall links, links_of S words = Some links ->
  forall l, In l links -> walk S (duration l) (domain l) = Some (seen l, image l).
Proof.
  induction words as [|[a b t over rows] words IH]; intros links H l Hl; cbn [links_of] in H.
  - injection H as <-. contradiction.
  - unfold link_of in H. destruct (walk S t (over, rows)) as [[ps F]|] eqn:W; [|discriminate].
    destruct (links_of S words) as [links'|]; [|discriminate]. injection H as <-.
    destruct Hl as [<-|Hl]; [exact W|]. apply (IH links' eq_refl), Hl.
Qed.

Lemma all_part_pairs blocks l0 : forall links, all_part blocks links = true -> forall i j,
  (i < j < length links)%nat -> let x := nth i links l0 in let y := nth j links l0 in from x = from y ->
  parts (seen x) (seen y) = true \/ ends_apart blocks x y = true.
Proof.
  induction links as [|x links IH]; intros H i j Hij; [simpl in Hij; lia|].
  cbn [all_part] in H. rewrite <- andb_lazy_alt, andb_true_iff, forallb_forall in H. destruct H as [H1 H2].
  destruct j as [|j]; [lia|]. destruct i as [|i]; cbn [nth length] in *; cbv zeta.
  - intro E. specialize (H1 (nth j links l0) ltac:(apply nth_In; lia)).
    rewrite E, Nat.eqb_refl, <- !orb_lazy_alt, !orb_true_iff in H1. destruct H1 as [[H1|H1]|H1]; auto.
    discriminate.
  - apply IH; [exact H2|lia].
Qed.

Lemma parts_differ p : forall q, parts p q = true ->
  exists j, (j < length p)%nat /\ (j < length q)%nat /\ nth j p [] <> nth j q [].
Proof.
  induction p as [|a p IH]; intros [|b q] H; cbn [parts] in H; try discriminate.
  destruct (pattern_dec a b) as [->|Hne].
  - destruct (IH q H) as (j & H1 & H2 & H3). exists (Datatypes.S j). simpl. repeat split; [lia|lia|exact H3].
  - exists 0%nat. simpl. repeat split; [lia|lia|exact Hne].
Qed.

Lemma walk_length S t : forall F ps F', walk S t F = Some (ps, F') -> length ps = t.
Proof.
  induction t as [|t IH]; intros F ps F' H; cbn [walk] in H; [injection H as <- <-; reflexivity|].
  destruct (push S F) as [[p F1]|]; [|discriminate].
  destruct (walk S t F1) as [[ps' F2]|] eqn:W; [|discriminate]. injection H as <- <-.
  simpl. rewrite (IH _ _ _ W). reflexivity.
Qed.

(* ---- The orbits ---- *)

Section Orbits.
Variables (d u : nat) (m : vector_map) (slack : Q) (blocks : list block) (first : link) (others : list link).
Let links := first :: others.
Let f := vector_sem m.
Hypothesis shaped : vector_shaped d m = true.
Hypothesis slack_range : 0 <= Q2R slack < 1.
Hypothesis blocks_good : forall B, In B blocks -> good_block d B = true.
Hypothesis links_good : forall l, In l links -> good_link d u slack blocks l = true.
Hypothesis walks : forall l, In l links -> walk (stages m) (duration l) (domain l) = Some (seen l, image l).
Hypothesis parted : all_part blocks links = true.

Definition link_at (i : nat) : link := nth i links first.
Definition source (i : nat) : nat := from (link_at i).
Definition target (i : nat) : nat := to (link_at i).
Definition steps (i : nat) : nat := duration (link_at i).

Lemma link_at_in i : In (link_at i) links.
Proof. unfold link_at. destruct (nth_in_or_default i links first) as [H| ->]; [exact H|left; reflexivity].
Qed.

Lemma link_good i : let l := link_at i in
  (from l < length blocks)%nat /\ (to l < length blocks)%nat /\ (0 < duration l)%nat /\
  length (snd (domain l)) = d /\ forall k, (k < d)%nat ->
  good_form u slack (in_block blocks (from l) (domain l)) (in_block blocks (to l) (image l)) k = true.
Proof.
  pose proof (links_good _ (link_at_in i)) as H. unfold good_link in H.
  rewrite <- !andb_lazy_alt, !andb_true_iff, !Nat.ltb_lt, Nat.eqb_eq, forallb_forall in H.
  destruct H as [[[[H1 H2] H3] H4] H5]. repeat split; try assumption.
  intros k Hk. apply H5, in_seq. lia.
Qed.

Lemma block_good a : (a < length blocks)%nat -> good_block d (block_at blocks a) = true.
Proof. intro Ha. apply blocks_good, nth_In, Ha. Qed.

(* ---- Points of parallelepipeds ---- *)

Definition point (i : nat) (w : nat -> R) : list R := forms_at (domain (link_at i)) (vector_of d w).

Definition enter (i : nat) (w : nat -> R) (k : nat) : R :=
  nth k (forms_at (in_block blocks (source i) (domain (link_at i))) (vector_of d w)) 0.
Definition leave (i : nat) (w : nat -> R) (k : nat) : R :=
  nth k (forms_at (in_block blocks (target i) (image (link_at i))) (vector_of d w)) 0.

Lemma in_block_at a F y : forms_at (in_block blocks a F) y = coordinates (block_at blocks a) (forms_at F y).
Proof. unfold in_block, coordinates. destruct (block_at blocks a) as [over rows io inv].
apply push_affine_correct. Qed.

Lemma point_length i w : length (point i w) = d.
Proof. unfold point, forms_at. rewrite map_length. apply (link_good i). Qed.

Lemma iter_stages x : length x = d -> forall n,
  iter n (through (stages m)) x = iter n f x /\ length (iter n f x) = d.
Proof.
  intros Hx n. induction n as [|n [IH1 IH2]]; [auto|]. cbn [iter]. rewrite IH1. split.
  - apply (stages_correct m d); assumption.
  - apply vector_length; assumption.
Qed.

Lemma point_image i w : within d 1 w ->
  iter (steps i) f (point i w) = forms_at (image (link_at i)) (vector_of d w).
Proof.
  intro Hw. rewrite <- (proj1 (iter_stages _ (point_length i w) _)).
  apply (walk_correct _ _ _ _ _ (walks _ (link_at_in i))), norm_vector; [lra|exact Hw].
Qed.

(* Equal coordinates in the block between two words are equal points. *)
Lemma point_next i j w w' : target i = source j -> within d 1 w ->
  (forall k, (k < d)%nat -> leave i w k = enter j w' k) -> iter (steps i) f (point i w) = point j w'.
Proof.
  intros E Hw H. apply (independent d (block_at blocks (target i))).
  - apply block_good, (link_good i).
  - apply iter_stages, point_length.
  - apply point_length.
  - intros k Hk. specialize (H k Hk). unfold leave, enter in H. rewrite !in_block_at, <- E in H.
    rewrite point_image by exact Hw. exact H.
Qed.

(* ---- The contraction ---- *)

Lemma main_bound : exists a, 0 <= a /\ a + Q2R slack < 1 /\
  forall i k, (k < d)%nat -> tame d a (fun w => main u enter leave i w k).
Proof.
  pose (main_forms := fun l k =>
    if (k <? u)%nat then in_block blocks (from l) (domain l) else in_block blocks (to l) (image l)).
  destruct (uniform (fun g (p : link * nat) => let F := main_forms (fst p) (snd p) in
    IZR (entry_size (form (snd p) F)) <= (1 - Q2R slack - g) * IZR (Zpos (fst F)))
    (list_prod links (seq 0 d)))
    as (g & Hg & H).
  - intros [l k] g g' Hg' H. cbv zeta in *. pose proof (pos_R (fst (main_forms l k))). cbn [fst snd] in *.
    nra.
  - intros [l k] Hlk. apply in_prod_iff in Hlk as [Hl Hk]. apply in_seq in Hk. cbn [fst snd].
    apply (In_nth _ _ first) in Hl as (i & _ & Hi).
    pose proof (proj2 (proj2 (proj2 (proj2 (link_good i)))) k ltac:(lia)) as H.
    unfold link_at in H. rewrite Hi in H. unfold good_form in H. fold (main_forms l k).
    set (F := main_forms l k). set (D := fst F).
    assert (HF : less (entry_size (form k F) # D) (1 - slack) = true).
    { unfold D, F, main_forms. destruct (k <? u)%nat; cbv zeta in H;
        destruct (form k _) as [c const] in H at 1; rewrite <- andb_lazy_alt, andb_true_iff in H; apply H. }
    apply (reflect_true _ _ (lessP _ _)) in HF. rewrite Q2R_make, Q2R_minus in HF.
    replace (Q2R 1) with 1 in HF by (unfold Q2R; simpl; lra). pose proof (pos_R D) as HD.
    exists (1 - Q2R slack - IZR (entry_size (form k F)) / IZR (Zpos D)). split; [lra|].
    right. field. lra.
  - exists (Rmax 0 (1 - Q2R slack - g)).
    split; [apply Rmax_l|]. split; [unfold Rmax; destruct (Rle_dec 0 (1 - Q2R slack - g)); lra|].
    intros i k Hk. specialize (H (link_at i, k)). cbv zeta in H. cbn [fst snd] in H.
    assert (Hin : In (link_at i, k) (list_prod links (seq 0 d))).
    { apply in_prod; [apply link_at_in|apply in_seq; lia]. }
    specialize (H Hin). pose proof (pos_R (fst (main_forms (link_at i) k))) as HD.
    pose proof (Rmax_r 0 (1 - Q2R slack - g)) as Hmax.
    assert (Htame := tame_form d _ _ (Rmax 0 (1 - Q2R slack - g))
      (Rle_trans _ _ _ H (Rmult_le_compat_r _ _ _ (Rlt_le _ _ HD) Hmax))).
    unfold main, enter, leave, main_forms, source, target in *.
    destruct (k <? u)%nat; split; intros; rewrite !nth_forms_at; apply Htame; assumption.
Qed.

Lemma rest_bound i k : (k < d)%nat -> tame d (Q2R slack) (fun w => rest u enter leave i w k).
Proof.
  intro Hk. pose proof (proj2 (proj2 (proj2 (proj2 (link_good i)))) k Hk) as H. unfold good_form in H.
  pose (F := if (k <? u)%nat then in_block blocks (target i) (image (link_at i))
    else in_block blocks (source i) (domain (link_at i))).
  assert (HF : leq (entry_size (minus_unit k (fst F) (fst (form k F)), snd (form k F)) # fst F) slack = true).
  { unfold F, source, target. destruct (k <? u)%nat; cbv zeta in H;
      destruct (form k _) as [c const] in H at 1 |- *; rewrite <- andb_lazy_alt, andb_true_iff in H;
        apply H. }
  apply (reflect_true _ _ (leqP _ _)) in HF. rewrite Q2R_make in HF. pose proof (pos_R (fst F)) as HD.
  assert (Hsize : IZR (entry_size (minus_unit k (fst F) (fst (form k F)),
    snd (form k F))) <= Q2R slack * IZR (Zpos (fst F))).
  { apply (Rmult_le_compat_r (IZR (Zpos (fst F)))) in HF; [|lra]. unfold Rdiv in HF.
    rewrite Rmult_assoc, Rinv_l in HF by lra. lra. }
  apply (tame_form d) in Hsize.
  assert (E : forall w, rest u enter leave i w k =
    linear_R (fst F) (vector_of d w) (minus_unit k (fst F) (fst (form k F)), snd (form k F))).
  { intro w. unfold linear_R. cbn [fst snd]. rewrite dot_minus_unit, nth_vector by exact Hk.
    unfold rest, enter, leave. unfold F. destruct (k <? u)%nat; rewrite nth_forms_at; unfold linear_R;
      field; unfold F in HD; lra. }
  split; intros; rewrite !E; apply Hsize; assumption.
Qed.

(* ---- The coding ---- *)

Section Coding.
Variable a : R.
Hypothesis a_pos : 0 <= a.
Hypothesis a_room : a + Q2R slack < 1.
Hypothesis main_tame : forall i k, (k < d)%nat -> tame d a (fun w => main u enter leave i w k).

Definition sol : (Z -> nat) -> nat -> R :=
  solution u d enter leave a (Q2R slack) a_pos (proj1 slack_range) a_room main_tame rest_bound.

Definition code (s : Z -> nat) : list R := point (s 0%Z) (sol s).

Lemma sol_within s : within d 1 (sol s).
Proof. apply solution_within. Qed.

Lemma code_step s : endless (length links) source target s ->
  iter (steps (s 0%Z)) f (code s) = code (shift 1 s).
Proof.
  intro Hs. apply point_next.
  - apply (Hs 0%Z).
  - apply sol_within.
  - intros k Hk. apply (solution_link u d enter leave), Hk.
Qed.

Lemma code_close eps : 0 < eps -> exists n, forall s s', agree n s s' -> distance (code s) (code s') < eps.
Proof.
  intro Heps.
  destruct (uniform (fun g l => forall y y', length y = length y' -> distance y y' <= g ->
    distance (forms_at (domain l) y) (forms_at (domain l) y') < eps) links) as (g & Hg & H).
  - intros l g g' Hg H y y' Hlen Hy. apply H; [exact Hlen|lra].
  - intros l _. destruct (affine_lipschitz (fst (domain l)) (snd (domain l))) as (L & HL & Hl).
    exists (eps / (2 * L)). split; [apply Rdiv_lt_0_compat; lra|]. intros y y' Hlen Hy.
    eapply Rle_lt_trans; [apply (Hl y y' Hlen)|].
    apply (Rmult_le_compat_l L) in Hy; [|lra].
    replace (L * (eps / (2 * L))) with (eps / 2) in Hy by (field; lra). lra.
  - destruct (power_small a (Q2R slack) a_pos (proj1 slack_range) a_room g Hg) as [n Hn]. exists n.
    intros s s' Hag. unfold code, point. rewrite <- (Hag 0%Z) by lia. apply H;
      [apply link_at_in|unfold vector_of; rewrite !map_length; reflexivity|].
    pose proof (pow_le (a + Q2R slack) n ltac:(lra)). apply Rlt_le,
      (Rle_lt_trans _ (2 * (a + Q2R slack) ^ n)); [|exact Hn].
    apply distance_vectors; [lra|]. apply solution_near, Hag.
Qed.

(* Two words part: from some time on, and by the time when both end, the points are apart. *)
Definition part (g : R) (i j : nat) : Prop :=
  forall s s', endless (length links) source target s -> endless (length links) source target s' ->
    s 0%Z = i -> s' 0%Z = j ->
    exists t, (t <= steps i)%nat /\ (t <= steps j)%nat /\
      g <= distance (iter t f (code s)) (iter t f (code s')).

Lemma part_sym g i j : part g i j -> part g j i.
Proof.
  intros H s s' Hs Hs' Ei Ej. destruct (H s' s Hs' Hs Ej Ei) as (t & H1 & H2 & H3).
  exists t. rewrite distance_sym. auto.
Qed.

(* They see different sides, *)
Lemma parts_part i j : parts (seen (link_at i)) (seen (link_at j)) = true -> exists g, 0 < g /\ part g i j.
Proof.
  intro H. destruct (parts_differ _ _ H) as (t & Hti & Htj & Hseen).
  rewrite (walk_length _ _ _ _ _ (walks _ (link_at_in i))) in Hti.
  rewrite (walk_length _ _ _ _ _ (walks _ (link_at_in j))) in Htj.
  destruct (walk_correct _ _ _ _ _ (walks _ (link_at_in i))) as (_ & gi & Hgi & Hi').
  destruct (walk_correct _ _ _ _ _ (walks _ (link_at_in j))) as (_ & gj & Hgj & Hj').
  destruct (sees_far (stages m)) as (L & HL & Hfar). pose proof (Rmin_pos gi gj Hgi Hgj) as Hmin.
  exists (Rmin gi gj / L). split; [apply Rdiv_lt_0_compat; lra|]. intros s s' _ _ Ei Ej. exists t.
  split; [unfold steps; lia|]. split; [unfold steps; lia|]. unfold code. rewrite Ei, Ej.
  destruct (iter_stages _ (point_length i (sol s)) t) as [Fi Li].
  destruct (iter_stages _ (point_length j (sol s')) t) as [Fj Lj].
  specialize (Hi' (vector_of d (sol s)) t (norm_vector d 1 _ Rle_0_1 (sol_within s)) Hti).
  specialize (Hj' (vector_of d (sol s')) t (norm_vector d 1 _ Rle_0_1 (sol_within s')) Htj).
  fold (point i (sol s)) in Hi'. fold (point j (sol s')) in Hj'. rewrite Fi in Hi'. rewrite Fj in Hj'.
  assert (Hd : Rmin gi gj <= L * distance (iter t f (point i (sol s))) (iter t f (point j (sol s')))).
  { apply (Hfar _ _ _ _ _ Hmin) with (3 := sees_shrink gj (Rmin gi gj) _ (Rmin_r _ _) _ _ Hj')
      (2 := sees_shrink gi (Rmin gi gj) _ (Rmin_l _ _) _ _ Hi'); [congruence|exact Hseen]. }
  apply (Rmult_le_reg_l L); [lra|]. replace (L * (Rmin gi gj / L)) with (Rmin gi gj) by (field; lra).
  exact Hd.
Qed.

(* or the image of one word is outside of the block in which the other ends, and where its points are. *)
Lemma outside_part i j : steps i = steps j ->
  outside (in_block blocks (target j) (image (link_at i))) = true ->
  exists g, 0 < g /\ part g i j.
Proof.
  intros Hsteps H. unfold outside in H. set (F := in_block blocks (target j) (image (link_at i))) in *.
  apply existsb_exists in H as (e & He & H). apply Z.ltb_lt in H.
  apply (In_nth _ _ ([], 0%Z)) in He as (k & Hk & Ek).
  assert (Hkd : (k < d)%nat).
  { unfold F, in_block in Hk. pose proof (block_good (target j) ltac:(apply (link_good j))) as HB.
    destruct (block_at blocks (target j)) as [over rows io inv]. unfold good_block in HB.
    rewrite <- andb_lazy_alt, andb_true_iff, Nat.eqb_eq in HB. cbn [push_affine snd] in Hk.
    rewrite map_length in Hk.
    rewrite <- (proj1 HB). exact Hk. }
  assert (Hlip : exists L, 1 <= L /\ forall x y, length x = length y ->
    distance (coordinates (block_at blocks (target j)) x) (coordinates (block_at blocks (target j)) y) <= L
      * distance x y).
  { unfold coordinates. destruct (block_at blocks (target j)) as [over rows io inv].
    destruct (affine_lipschitz over rows) as (L & HL & Hl). exists L. split; [exact HL|]. intros; apply Hl;
      assumption. }
  destruct Hlip as (L & HL & Hlip).
  exists ((1 - a) / L). split; [apply Rdiv_lt_0_compat; lra|]. intros s s' Hs Hs' Ei Ej. exists (steps i).
  split; [lia|]. split; [lia|].
  set (x := iter (steps i) f (code s)). set (x' := iter (steps i) f (code s')).
  (* the coordinate of x is beyond 1, that of x' is not *)
  assert (Hx : 1 <= Rabs (nth k (coordinates (block_at blocks (target j)) x) 0)).
  { unfold x, code. rewrite Ei, point_image, <- in_block_at by apply sol_within. fold F.
    rewrite nth_forms_at, (Ek : form k F = e). destruct e as [c const]. cbn [fst snd] in H.
    unfold linear_R. cbn [fst snd]. pose proof (pos_R (fst F)) as HD.
    pose proof (dot_size c (vector_of d (sol s)) (norm_vector d 1 _ Rle_0_1 (sol_within s))) as Hc.
    apply IZR_lt in H. rewrite minus_IZR, abs_IZR in H.
    pose proof (Rabs_triang_inv (IZR const) (- dot_R c (vector_of d (sol s)))) as Htri.
    rewrite Rabs_Ropp in Htri.
    replace (IZR const - - dot_R c (vector_of d (sol s))) with (dot_R c (vector_of d (sol s)) + IZR const)
      in Htri by ring.
    unfold Rdiv. rewrite Rabs_mult, (Rabs_right (/ _)) by (apply Rle_ge, Rlt_le, Rinv_0_lt_compat, HD).
    apply (Rmult_le_reg_r (IZR (Zpos (fst F)))); [exact HD|]. rewrite Rmult_assoc, Rinv_l; lra. }
  assert (Hx' : Rabs (nth k (coordinates (block_at blocks (target j)) x') 0) <= a).
  { unfold x', code. rewrite Hsteps, Ej, point_image, <- in_block_at by apply sol_within.
    pose proof (solution_inside u d enter leave a (Q2R slack) a_pos (proj1 slack_range) a_room main_tame
      rest_bound s' k Hkd) as Hin.
    fold (sol s') in Hin. rewrite Ej in Hin. exact Hin. }
  assert (Hlen : length x = length x').
  { unfold x, x', code. rewrite !(proj2 (iter_stages _ (point_length _ _) _)). reflexivity. }
  pose proof (Hlip x x' Hlen) as Hd. pose proof (distance_nth (coordinates (block_at blocks (target j)) x)
    (coordinates (block_at blocks (target j)) x') k) as Hk'.
  pose proof (Rabs_triang_inv (nth k (coordinates (block_at blocks (target j)) x) 0)
    (nth k (coordinates (block_at blocks (target j)) x') 0)).
  apply (Rmult_le_reg_l L); [lra|]. replace (L * ((1 - a) / L)) with (1 - a) by (field; lra). lra.
Qed.

Lemma words_part i j : (i < j < length links)%nat -> source i = source j -> exists g, 0 < g /\ part g i j.
Proof.
  intros Hij E. destruct (all_part_pairs blocks first links parted i j Hij E) as [H|H];
    [apply parts_part, H|].
  unfold ends_apart in H. rewrite <- andb_lazy_alt, <- orb_lazy_alt, andb_true_iff, orb_true_iff,
    Nat.eqb_eq in H.
  destruct H as [Hsteps [H|H]]; [apply (outside_part i j Hsteps H)|].
  destruct (outside_part j i (eq_sym Hsteps) H) as (g & Hg & Hpart). exists g. split; [exact Hg|].
  apply part_sym, Hpart.
Qed.

Lemma code_apart : exists delta, 0 < delta /\ forall s s', endless (length links) source target s ->
  endless (length links) source target s' -> source (s 0%Z) = source (s' 0%Z) -> s 0%Z <> s' 0%Z ->
  exists j, (j <= steps (s 0%Z))%nat /\ delta <= distance (iter j f (code s)) (iter j f (code s')).
Proof.
  destruct (uniform (fun g (p : nat * nat) => let (i, j) := p in source i = source j -> i <> j -> part g i j)
    (list_prod (seq 0 (length links)) (seq 0 (length links)))) as (g & Hg & H).
  - intros [i j] g g' Hg H E Hne s s' Hs Hs' Ei Ej. destruct (H E Hne s s' Hs Hs' Ei Ej) as (t & H1 & H2 &
      H3).
    exists t. repeat split; auto. lra.
  - intros [i j] Hij. apply in_prod_iff in Hij as [Hi Hj]. apply in_seq in Hi, Hj.
    destruct (Nat.eq_dec (source i) (source j)) as [E|E]; [|exists 1; split; [lra|congruence]].
    destruct (Nat.lt_trichotomy i j) as [Hlt|[->|Hgt]]; [|exists 1; split; [lra|congruence]|].
    + destruct (words_part i j ltac:(lia) E) as (g & Hg & Hpart). exists g. auto.
    + destruct (words_part j i ltac:(lia) (eq_sym E)) as (g & Hg & Hpart). exists g.
      split; [exact Hg|]. intros _ _. apply part_sym, Hpart.
  - exists g. split; [exact Hg|]. intros s s' Hs Hs' E Hne.
    destruct (H (s 0%Z, s' 0%Z)) with (s := s) (s' := s') as (t & H1 & _ & H3); auto.
    + apply in_prod; apply in_seq; split; try lia; [apply Hs|apply Hs'].
    + exists t. auto.
Qed.

(* All orbits stay in one ball. *)
Lemma code_bounded : exists B, forall s, endless (length links) source target s ->
  stays_within d f B (code s).
Proof.
  destruct (uniform_bound (fun r l => forall y, length y = d -> norm y <= 1 ->
    norm (forms_at (domain l) y) <= r) links)
    as (r & _ & Hr).
  { intros l r r' Hle H y Hlen Hy. specialize (H y Hlen Hy). lra. }
  { intros l _. apply bounded_on_ball, affine_lipschitz. }
  destruct (uniform_bound (fun T l => INR (duration l) <= T) links) as (T & _ & HT).
  { intros; lra. }
  { intros l _. exists (INR (duration l)). lra. }
  destruct (nat_above T) as [t Ht].
  destruct (bounded_orbits (through (stages m)) d r t (through_lipschitz _)) as [B HB].
  exists B. intros s Hs. split; [apply point_length|]. intro n. revert s Hs.
  induction n as [n IH] using (well_founded_induction lt_wf). intros s Hs.
  destruct (Nat.lt_ge_cases n (steps (s 0%Z))) as [Hlt|Hge].
  - unfold code. rewrite <- (proj1 (iter_stages _ (point_length _ _) n)). apply HB.
    + apply Nat.lt_le_incl, (Nat.lt_le_trans _ _ _ Hlt), Nat.lt_le_incl, INR_lt.
      apply (Rle_lt_trans _ T); [apply HT, link_at_in|exact Ht].
    + apply point_length.
    + apply Hr; [apply link_at_in|unfold vector_of; rewrite map_length; apply seq_length|].
      apply norm_vector; [lra|apply sol_within].
  - pose proof (proj1 (proj2 (proj2 (link_good (s 0%Z))))) as Hpos. fold (steps (s 0%Z)) in Hpos.
    replace n with ((n - steps (s 0%Z)) + steps (s 0%Z))%nat by lia.
    rewrite iter_add, code_step by exact Hs. apply IH; [lia|]. apply endless_shift, Hs.
Qed.
End Coding.

(* Points for all endless paths, as Paths.v and PathEntropy.v ask for them *)
Record coding (B delta : R) (code : (Z -> nat) -> list R) : Prop := Coding {
  coded_point : forall s, exists y, norm y <= 1 /\ code s = forms_at (domain (link_at (s 0%Z))) y;
  coded_inside : forall s, endless (length links) source target s -> stays_within d f B (code s);
  coded_step : forall s, endless (length links) source target s ->
    iter (steps (s 0%Z)) f (code s) = code (shift 1 s);
  coded_close : forall eps, 0 < eps ->
    exists n, forall s s', agree n s s' -> distance (code s) (code s') < eps;
  coded_apart : forall s s', endless (length links) source target s -> endless (length links) source target s' ->
    source (s 0%Z) = source (s' 0%Z) -> s 0%Z <> s' 0%Z ->
    exists j, (j <= steps (s 0%Z))%nat /\ delta <= distance (iter j f (code s)) (iter j f (code s'))
}.

Theorem coding_exists : exists B delta code, 0 < delta /\ coding B delta code.
Proof.
  destruct main_bound as (a & Ha & Hroom & Htame). destruct (code_bounded a Ha Hroom Htame) as [B HB].
  destruct (code_apart a Ha Hroom Htame) as (delta & Hdelta & Hapart).
  exists B, delta, (code a Ha Hroom Htame). split; [exact Hdelta|]. split.
  - intro s. exists (vector_of d (sol a Ha Hroom Htame s)).
    split; [apply norm_vector; [lra|apply sol_within]|reflexivity].
  - exact HB.
  - apply code_step.
  - apply code_close.
  - exact Hapart.
Qed.
End Orbits.
