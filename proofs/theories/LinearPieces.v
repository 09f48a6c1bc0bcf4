(* What the number of linear regions means: n - 1 points cut [lo, hi] into intervals on which F is affine,
   and F is affine near none of these points. For a function that is continuous on [lo, hi] that is the
   same as n - 1 breaks inside: without a break a function is affine. *)

From Coq Require Import Reals Lra Lia ZArith List.
From Certify Require Import Dynamics FiniteSets Regions.
Import ListNotations.
Local Open Scope R_scope.

Definition affine_on (F : R -> R) (a b : R) : Prop :=
  exists s c, forall x, a <= x <= b -> F x = s * x + c.

Fixpoint linear_pieces (F : R -> R) (a : R) (cuts : list R) (b : R) : Prop :=
  match cuts with
  | [] => a < b /\ affine_on F a b
  | c :: cuts => a < c /\ affine_on F a c /\ break F c /\ linear_pieces F c cuts b
  end.

Lemma affine_on_sub F a b a' b' : a <= a' -> b' <= b -> affine_on F a b -> affine_on F a' b'.
Proof. intros Ha Hb (s & c & H). exists s, c. intros x Hx. apply H. lra. Qed.

Lemma affine_on_near F a b x : a < x < b -> affine_on F a b -> affine_near F x.
Proof.
  intros Hx (s & c & H). exists s, c, (Rmin (x - a) (b - x)). split; [apply Rmin_pos; lra|].
  intros y Hy. apply Rabs_def2 in Hy.
  pose proof (Rmin_l (x - a) (b - x)). pose proof (Rmin_r (x - a) (b - x)).
  apply H. lra.
Qed.

Lemma affine_on_glue F a b c d : a < b -> b < c -> c < d ->
  affine_on F a c -> affine_on F b d -> affine_on F a d.
Proof.
  intros Hab Hbc Hcd (s & k & H) (s' & k' & H').
  pose proof (H b ltac:(lra)) as Eb. pose proof (H c ltac:(lra)) as Ec.
  rewrite H' in Eb, Ec by lra. assert (s = s') as <- by nra. assert (k = k') as <- by lra.
  exists s, k. intros x Hx. destruct (Rle_lt_dec x c); [apply H|apply H']; lra.
Qed.

(* Without breaks F cannot fail to be affine on a closed interval inside, which is enough here. *)
Lemma affine_without_breaks F lo hi a b : (forall x, lo < x < hi -> ~ break F x) ->
  lo < a -> a < b -> b < hi -> ~ ~ affine_on F a b.
Proof.
  intros Hno Ha Hab Hb Hnot.
  assert (Near : forall x, a <= x <= b -> ~ ~ exists d, 0 < d /\ affine_on F (x - d) (x + d)).
  { intros x Hx H. apply (Hno x ltac:(lra)). intros (s & c & d & Hd & E).
    apply H. exists (d / 2). split; [lra|].
    exists s, c. intros y Hy. apply E, Rabs_def1; lra. }
  set (E := fun x => a < x <= b /\ affine_on F a x).
  apply (Near a ltac:(lra)). intros (d & Hd & Hd').
  assert (E0 : E (Rmin b (a + d))).
  { pose proof (Rmin_l b (a + d)). pose proof (Rmin_r b (a + d)).
    assert (a < Rmin b (a + d)) by (apply Rmin_glb_lt; lra).
    split; [lra|]. apply (affine_on_sub F (a - d) (a + d)); auto; lra. }
  destruct (completeness E) as [z [Hub Hlub]]; [exists b; intros x [Hx _]; lra|eexists; exact E0|].
  assert (Hz : a < z <= b).
  { split; [pose proof (Hub _ E0); destruct E0; lra|]. apply Hlub. intros x [Hx _]. lra. }
  apply (Near z ltac:(lra)). intros (e & He & He').
  assert (Before : ~ ~ exists x, E x /\ z - e < x).
  { intro H. assert (z <= z - e); [|lra]. apply Hlub. intros x Hx.
    destruct (Rle_lt_dec x (z - e)) as [|H']; [assumption|]. exfalso. apply H. exists x. auto. }
  apply Before. intros (x & [Hx Haff] & Hze). pose proof (Hub x (conj Hx Haff)) as Hxz.
  assert (Glued : affine_on F a (z + e)).
  { destruct (Rlt_le_dec a (z - e)) as [C|C].
    - apply (affine_on_glue F a (z - e) x (z + e)); auto; lra.
    - apply (affine_on_sub F (z - e) (z + e)); auto; lra. }
  destruct (Rle_lt_dec b (z + e)) as [C|C].
  - apply Hnot, (affine_on_sub F a (z + e)); auto; lra.
  - assert (z + e <= z); [|lra]. apply Hub. split; [lra|exact Glued].
Qed.

(* A continuous function that is a line inside [lo, hi] is that line at the ends too. *)
Lemma line_to_the_ends F lo hi s c : lo < hi -> cont_on F lo hi ->
  (forall x, lo < x < hi -> F x = s * x + c) -> forall x, lo <= x <= hi -> F x = s * x + c.
Proof.
  intros Hlohi Hc Inner x Hx. destruct (Req_dec (F x) (s * x + c)) as [|N]; [assumption|]. exfalso.
  set (gap := Rabs (F x - (s * x + c))). assert (Hgap : 0 < gap) by (apply Rabs_pos_lt; lra).
  destruct (Hc x Hx (gap / 2) ltac:(lra)) as (d & Hd & H).
  (* a point y inside, at a distance e so small that neither F nor the line can bridge half the gap *)
  pose proof (Rabs_pos s) as Hs. set (r := gap / 2 / (Rabs s + 1)).
  assert (Hr : 0 < r) by (apply Rdiv_lt_0_compat; lra).
  assert (Hrs : r * (Rabs s + 1) = gap / 2) by (unfold r; field; lra).
  set (e := Rmin (d / 2) (Rmin ((hi - lo) / 3) r)).
  assert (He : 0 < e /\ e <= d / 2 /\ e <= (hi - lo) / 3 /\ e <= r).
  { pose proof (Rmin_l (d / 2) (Rmin ((hi - lo) / 3) r)).
    pose proof (Rmin_r (d / 2) (Rmin ((hi - lo) / 3) r)).
    pose proof (Rmin_l ((hi - lo) / 3) r). pose proof (Rmin_r ((hi - lo) / 3) r). unfold e.
    split; [repeat apply Rmin_pos; lra|lra]. }
  assert (Y : exists y, lo < y < hi /\ Rabs (y - x) = e).
  { destruct (Rle_lt_dec x ((lo + hi) / 2)).
    - exists (x + e). replace (x + e - x) with e by ring. rewrite Rabs_right by lra. split; [lra|reflexivity].
    - exists (x - e). replace (x - e - x) with (- e) by ring. rewrite Rabs_Ropp, Rabs_right by lra. lra. }
  destruct Y as (y & Hy & Ey). specialize (H y ltac:(lra) ltac:(lra)).
  rewrite (Inner y Hy), Rabs_minus_sym in H.
  assert (T : gap <= Rabs (F x - (s * y + c)) + Rabs (s * (y - x))).
  { unfold gap. replace (F x - (s * x + c)) with (F x - (s * y + c) + s * (y - x)) by ring.
    apply Rabs_triang. }
  rewrite Rabs_mult, Ey in T. nra.
Qed.

Lemma affine_on_without_breaks F lo hi : lo < hi -> cont_on F lo hi ->
  (forall x, lo < x < hi -> ~ break F x) -> affine_on F lo hi.
Proof.
  intros Hlohi Hc Hno. set (p := lo + (hi - lo) / 3). set (q := hi - (hi - lo) / 3).
  assert (Hpq : lo < p /\ p < q /\ q < hi) by (unfold p, q; lra). destruct Hpq as (Hp & Hpq & Hq).
  set (s := (F q - F p) / (q - p)). exists s, (F p - s * p).
  apply (line_to_the_ends F lo hi s _ Hlohi Hc). intros x Hx.
  destruct (Req_dec (F x) (s * x + (F p - s * p))) as [|N]; [assumption|]. exfalso.
  pose proof (Rmin_l p x). pose proof (Rmin_r p x). pose proof (Rmax_l q x). pose proof (Rmax_r q x).
  apply (affine_without_breaks F lo hi (Rmin p x) (Rmax q x) Hno).
  - apply Rmin_glb_lt; lra.
  - lra.
  - apply Rmax_lub_lt; lra.
  - intros (k & c & E). apply N. assert (s = k) as ->. { unfold s. rewrite (E q), (E p) by lra. field. lra. }
    rewrite (E x), (E p) by lra. ring.
Qed.

Lemma cuts_between F cuts : forall a b, linear_pieces F a cuts b ->
  a < b /\ forall x, In x cuts -> a < x < b.
Proof.
  induction cuts as [|c cuts IH]; intros a b; cbn [linear_pieces].
  - intros [H _]. split; [exact H|]. intros x [].
  - intros (Hac & _ & _ & H). destruct (IH c b H) as [Hcb Hin]. split; [lra|].
    intros x [<-|Hx]; [lra|]. specialize (Hin x Hx). lra.
Qed.

(* The cuts are the breaks, *)
Lemma linear_pieces_breaks F cuts : forall a b, linear_pieces F a cuts b ->
  NoDup cuts /\ forall x, In x cuts <-> a < x < b /\ break F x.
Proof.
  induction cuts as [|c cuts IH]; intros a b H; pose proof (cuts_between F _ a b H) as [Hab Hin];
    cbn [linear_pieces] in H.
  - split; [constructor|]. intro x. split; [intros []|]. intros [Hx Hb]. destruct H as [_ H].
    destruct (Hb (affine_on_near F a b x Hx H)).
  - destruct H as (Hac & Haff & Hc & H). destruct (IH c b H) as [Hd Hall].
    pose proof (cuts_between F cuts c b H) as [Hcb Hlater]. split.
    + constructor; [|exact Hd]. intro C. specialize (Hlater c C). lra.
    + intro x. split.
      * intro Hx. split; [apply Hin, Hx|]. destruct Hx as [<-|Hx]; [exact Hc|apply Hall, Hx].
      * intros [Hx Hb]. destruct (Rtotal_order x c) as [C|[->|C]]; [|simpl; auto|].
        -- destruct (Hb (affine_on_near F a c x ltac:(lra) Haff)).
        -- right. apply Hall. split; [lra|exact Hb].
Qed.

(* and the breaks in their order are cuts. *)
Lemma least (l : list R) : l <> [] -> exists c, In c l /\ forall x, In x l -> c <= x.
Proof.
  induction l as [|a l IH]; intro H; [congruence|]. destruct l as [|b l].
  - exists a. split; [simpl; auto|]. intros x [<-|[]]. lra.
  - destruct IH as (c & Hc & Hmin); [discriminate|]. destruct (Rle_lt_dec a c) as [C|C].
    + exists a. split; [simpl; auto|]. intros x [<-|Hx]; [lra|]. specialize (Hmin x Hx). lra.
    + exists c. split; [right; exact Hc|]. intros x [<-|Hx]; [lra|apply Hmin, Hx].
Qed.

Lemma breaks_linear_pieces F hi n : forall lo l, length l = n -> lo < hi -> cont_on F lo hi -> NoDup l ->
  (forall x, In x l <-> lo < x < hi /\ break F x) ->
  exists cuts, linear_pieces F lo cuts hi /\ length cuts = n.
Proof.
  induction n as [|n IH]; intros lo l Hn Hlohi Hc Hd Hall.
  - apply length_zero_iff_nil in Hn. subst l. exists []. split; [|reflexivity]. split; [exact Hlohi|].
    apply affine_on_without_breaks; auto. intros x Hx Hb. apply (Hall x). auto.
  - destruct (least l) as (c & Hcl & Hmin); [destruct l; discriminate|].
    pose proof (proj1 (Hall c) Hcl) as [Hlc Hbc].
    destruct (in_split c l Hcl) as (l1 & l2 & El). rewrite El in Hn, Hd.
    apply NoDup_remove in Hd as [Hd Hout].
    rewrite app_length in Hn. simpl in Hn.
    assert (Sub : forall u v, lo <= u -> v <= hi -> cont_on F u v).
    { intros u v Hu Hv x Hx eps Heps. destruct (Hc x ltac:(lra) eps Heps) as (d & Hd' & H).
      exists d. split; [exact Hd'|]. intros y Hy. apply H. lra. }
    destruct (IH c (l1 ++ l2)) as (cuts & Hcuts & Hlen).
    + rewrite app_length. lia.
    + lra.
    + apply Sub; lra.
    + exact Hd.
    + intro x. split.
      * intro Hx.
        assert (In x l) as Hxl by (rewrite El; apply in_app_or in Hx; apply in_or_app; simpl; tauto).
        destruct (proj1 (Hall x) Hxl) as [Hx' Hb]. specialize (Hmin x Hxl). split; [|exact Hb].
        destruct (Req_dec c x) as [<-|]; [contradiction|lra].
      * intros [Hx Hb]. assert (In x l) as Hxl by (apply Hall; split; [lra|exact Hb]).
        rewrite El in Hxl. apply in_app_or in Hxl. apply in_or_app.
        destruct Hxl as [|[<-|]]; [auto|lra|auto].
    + exists (c :: cuts). split; [|simpl; lia]. cbn [linear_pieces].
      split; [lra|]. split; [|split; [exact Hbc|exact Hcuts]].
      apply affine_on_without_breaks; [lra|apply Sub; lra|]. intros x Hx Hb.
      assert (In x l) as Hxl by (apply Hall; split; [lra|exact Hb]). specialize (Hmin x Hxl). lra.
Qed.

Theorem regions_iff_linear_pieces F lo hi n : lo < hi -> cont_on F lo hi ->
  (regions F lo hi n <-> exists cuts, linear_pieces F lo cuts hi /\ n = Z.of_nat (S (length cuts))).
Proof.
  intros Hlohi Hc. split.
  - intros (l & Hd & Hall & Hn). destruct (breaks_linear_pieces F hi (length l) lo l eq_refl Hlohi Hc Hd Hall)
      as (cuts & Hcuts & Hlen). exists cuts. split; [exact Hcuts|]. lia.
  - intros (cuts & Hcuts & ->). destruct (linear_pieces_breaks F cuts lo hi Hcuts) as [Hd Hall].
    exists cuts. split; [exact Hd|]. split; [exact Hall|]. lia.
Qed.
