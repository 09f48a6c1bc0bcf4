(* Vectors of R^d: lists of d numbers, with the distance of the maximum norm; a coordinate that is missing
   counts as 0.  Lipschitz maps, compact sets, and the compact set of the orbits that stay in a ball. *)
From Coq Require Import Reals Lra Lia List.
From Certify Require Import Dynamics Iterates Spaces.
Import ListNotations.
Local Open Scope R_scope.

Fixpoint norm (x : list R) : R :=
  match x with [] => 0 | a :: x' => Rmax (Rabs a) (norm x') end.

Fixpoint distance (x y : list R) : R :=
  match x, y with
  | a :: x', b :: y' => Rmax (Rabs (a - b)) (distance x' y')
  | [], _ => norm y
  | _, [] => norm x
  end.

(* Closed and bounded in R^d. *)
Definition compact (d : nat) (K : list R -> Prop) : Prop :=
  (forall x, K x -> length x = d) /\
  (exists r, forall x, K x -> norm x <= r) /\
  (forall x, length x = d -> (forall eps, 0 < eps -> exists y, K y /\ distance x y < eps) -> K x).

(* f maps a compact set of R^d into itself; there it has an uncountable scrambled set, and entropy at least
   ln lam. *)
Definition chaotic_in_space (d : nat) (f : list R -> list R) (lam : R) : Prop :=
  exists K, compact d K /\ (forall x, K x -> K (f x)) /\
    has_scrambled_in distance f K /\ entropy_ge_ln_in distance f K lam.

(* ---- What the distance is ---- *)

Lemma norm_le x r : norm x <= r <-> 0 <= r /\ forall k, Rabs (nth k x 0) <= r.
Proof.
  induction x as [|a x IH]; cbn [norm].
  - split; [|tauto]. intro Hr. split; [exact Hr|]. intros [|k]; simpl; rewrite Rabs_R0; exact Hr.
  - split.
    + intro H. pose proof (Rmax_l (Rabs a) (norm x)). pose proof (Rmax_r (Rabs a) (norm x)).
      destruct (proj1 IH ltac:(lra)) as [Hr Hk]. split; [exact Hr|]. intros [|k]; simpl; [lra|apply Hk].
    + intros [Hr Hk]. apply Rmax_lub; [apply (Hk 0%nat)|]. apply IH. split; [exact Hr|].
      intro k. apply (Hk (S k)).
Qed.

Lemma distance_nil x : distance x [] = norm x.
Proof. destruct x; reflexivity. Qed.

Lemma distance_le x : forall y r, distance x y <= r <-> 0 <= r /\ forall k, Rabs (nth k x 0 - nth k y 0) <= r.
Proof.
  assert (Hnil : forall k, nth k (@nil R) 0 = 0) by (intros [|k]; reflexivity).
  induction x as [|a x IH]; intros [|b y] r; cbn [distance].
  - rewrite norm_le. setoid_rewrite Hnil. setoid_rewrite Rminus_0_r. tauto.
  - rewrite norm_le. setoid_rewrite Hnil. setoid_rewrite Rminus_0_l. setoid_rewrite Rabs_Ropp. tauto.
  - rewrite norm_le. setoid_rewrite Hnil. setoid_rewrite Rminus_0_r. tauto.
  - split.
    + intro H. pose proof (Rmax_l (Rabs (a - b)) (distance x y)).
      pose proof (Rmax_r (Rabs (a - b)) (distance x y)).
      destruct (proj1 (IH y r) ltac:(lra)) as [Hr Hk]. split; [exact Hr|].
      intros [|k]; [simpl; lra|apply Hk].
    + intros [Hr Hk]. apply Rmax_lub; [apply (Hk 0%nat)|]. apply IH. split; [exact Hr|].
      intro k. apply (Hk (S k)).
Qed.

Lemma distance_pos x y : 0 <= distance x y.
Proof. apply (proj1 (distance_le x y _) (Rle_refl _)). Qed.

Lemma distance_nth x y k : Rabs (nth k x 0 - nth k y 0) <= distance x y.
Proof. apply (proj1 (distance_le x y _) (Rle_refl _)). Qed.

Lemma distance_self x : distance x x = 0.
Proof.
  apply Rle_antisym; [|apply distance_pos]. apply distance_le. split; [lra|].
  intro k. rewrite Rminus_eq_0, Rabs_R0. lra.
Qed.

Lemma distance_sym x y : distance x y = distance y x.
Proof.
  assert (H : forall x y, distance x y <= distance y x); [|apply Rle_antisym; apply H].
  intros u v. apply distance_le. split; [apply distance_pos|].
  intro k. rewrite Rabs_minus_sym. apply distance_nth.
Qed.

Lemma distance_triangle x y z : distance x z <= distance x y + distance y z.
Proof.
  apply distance_le. pose proof (distance_pos x y). pose proof (distance_pos y z). split; [lra|].
  intro k. pose proof (distance_nth x y k). pose proof (distance_nth y z k).
  replace (nth k x 0 - nth k z 0) with (nth k x 0 - nth k y 0 + (nth k y 0 - nth k z 0)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. lra.
Qed.

Lemma norm_near x y : norm x <= norm y + distance x y.
Proof. rewrite <- !distance_nil, Rplus_comm. apply distance_triangle. Qed.

Lemma distance_zero x y : length x = length y -> distance x y <= 0 -> x = y.
Proof.
  intros Hlen H. apply (nth_ext x y 0 0 Hlen). intros k _. pose proof (distance_nth x y k) as Hk.
  destruct (Req_dec (nth k x 0 - nth k y 0) 0) as [E|E]; [lra|apply Rabs_pos_lt in E; lra].
Qed.

(* ---- One bound for finitely many things ---- *)

Lemma uniform {A} (P : R -> A -> Prop) (l : list A) : (forall a g g', 0 < g' <= g -> P g a -> P g' a) ->
  (forall a, In a l -> exists g, 0 < g /\ P g a) -> exists g, 0 < g /\ forall a, In a l -> P g a.
Proof.
  intros Hmono. induction l as [|a l IH]; intro H; [exists 1; split; [lra|contradiction]|].
  destruct IH as (g & Hg & HP); [intros; apply H; simpl; auto|].
  destruct (H a (or_introl eq_refl)) as (g' & Hg' & HP').
  pose proof (Rmin_pos g g' Hg Hg') as Hpos. exists (Rmin g g'). split; [exact Hpos|].
  intros x [<-|Hx].
  - apply (Hmono _ g'); [split; [exact Hpos|apply Rmin_r]|exact HP'].
  - apply (Hmono _ g); [split; [exact Hpos|apply Rmin_l]|apply HP, Hx].
Qed.

(* The same for upper bounds. *)
Lemma uniform_bound {A} (P : R -> A -> Prop) (l : list A) : (forall a r r', r <= r' -> P r a -> P r' a) ->
  (forall a, In a l -> exists r, P r a) -> exists r, 0 <= r /\ forall a, In a l -> P r a.
Proof.
  intros Hmono. induction l as [|a l IH]; intro H; [exists 0; split; [lra|contradiction]|].
  destruct IH as (r & Hr & HP); [intros; apply H; simpl; auto|].
  destruct (H a (or_introl eq_refl)) as (r' & HP').
  pose proof (Rmax_l r r'). pose proof (Rmax_r r r'). exists (Rmax r r'). split; [lra|].
  intros x [<-|Hx]; [apply (Hmono _ r')|apply (Hmono _ r)]; auto.
Qed.

(* ---- Lipschitz maps ---- *)

(* Between vectors of one length, which it takes to vectors of one length *)
Definition lipschitz (g : list R -> list R) : Prop :=
  exists L, 1 <= L /\ forall x y, length x = length y ->
    length (g x) = length (g y) /\ distance (g x) (g y) <= L * distance x y.

Lemma lipschitz_id : lipschitz (fun x => x).
Proof. exists 1. split; [lra|]. intros x y Hxy. split; [exact Hxy|lra]. Qed.

Lemma lipschitz_comp g h : lipschitz g -> lipschitz h -> lipschitz (fun x => h (g x)).
Proof.
  intros (L & HL & Hg) (M & HM & Hh). exists (M * L). split; [nra|]. intros x y Hxy.
  destruct (Hg x y Hxy) as [Hlen Hd]. destruct (Hh _ _ Hlen) as [Hlen' Hd']. split; [exact Hlen'|].
  eapply Rle_trans; [apply Hd'|]. rewrite Rmult_assoc. apply Rmult_le_compat_l; [lra|exact Hd].
Qed.

Lemma lipschitz_iter g n : lipschitz g -> lipschitz (iter n g).
Proof.
  intro Hg. induction n as [|n IH]; [apply lipschitz_id|]. apply (lipschitz_comp (iter n g) g IH Hg).
Qed.

Lemma nth_map {A} (l : list A) k : (k < length l)%nat ->
  exists a, In a l /\ forall g : A -> R, nth k (map g l) 0 = g a.
Proof.
  intro Hk. destruct l as [|a0 l]; [simpl in Hk; lia|]. exists (nth k (a0 :: l) a0).
  split; [apply nth_In, Hk|]. intro g. rewrite (nth_indep _ 0 (g a0)) by (rewrite map_length; exact Hk).
  apply map_nth.
Qed.

(* Coordinate by coordinate *)
Lemma lipschitz_map {A} (unit : A -> list R -> R) (l : list A) :
  (forall a, In a l -> exists L, forall x y, Rabs (unit a x - unit a y) <= L * distance x y) ->
  lipschitz (fun x => map (fun a => unit a x) l).
Proof.
  intro H. destruct (uniform_bound (fun L a => forall x y, Rabs (unit a x - unit a y) <= L * distance x y) l)
    as (L & HL & Hl); [|exact H|].
  - intros a r r' Hr Ha x y. specialize (Ha x y). pose proof (distance_pos x y). nra.
  - exists (Rmax 1 L). pose proof (Rmax_l 1 L). pose proof (Rmax_r 1 L). split; [lra|]. intros x y _.
    split; [rewrite !map_length; reflexivity|]. pose proof (distance_pos x y). apply distance_le.
    split; [nra|]. intro k.
    destruct (Nat.lt_ge_cases k (length l)) as [Hk|Hk].
    + destruct (nth_map l k Hk) as (a & Ha & E). rewrite !E. eapply Rle_trans; [apply Hl, Ha|]. nra.
    + rewrite !nth_overflow by (rewrite map_length; exact Hk). rewrite Rminus_eq_0, Rabs_R0. nra.
Qed.

Lemma bounded_on_ball g d r : lipschitz g -> exists B, forall x, length x = d -> norm x <= r ->
  norm (g x) <= B.
Proof.
  intros (L & HL & Hg). set (o := repeat 0 d). exists (norm (g o) + L * (r + norm o)). intros x Hd Hx.
  destruct (Hg x o) as [_ H]; [unfold o; rewrite repeat_length; exact Hd|].
  pose proof (norm_near (g x) (g o)). pose proof (distance_triangle x [] o) as Htri.
  rewrite (distance_sym [] o), !distance_nil in Htri. nra.
Qed.

(* The first t points of the orbits that start in a ball lie in another one. *)
Lemma bounded_orbits g d r t : lipschitz g ->
  exists B, forall j x, (j <= t)%nat -> length x = d -> norm x <= r -> norm (iter j g x) <= B.
Proof.
  intro Hg. induction t as [|t [B HB]].
  - exists r. intros j x Hj _ Hx. replace j with 0%nat by lia. exact Hx.
  - destruct (bounded_on_ball (iter (S t) g) d r (lipschitz_iter g (S t) Hg)) as [B' HB'].
    exists (Rmax B B'). intros j x Hj Hd Hx. destruct (Nat.eq_dec j (S t)) as [->|Hne].
    + eapply Rle_trans; [apply HB'; assumption|apply Rmax_r].
    + eapply Rle_trans; [apply HB; [lia|assumption..]|apply Rmax_l].
Qed.

(* ---- Orbits that stay in a ball ---- *)

Definition stays_within (d : nat) (f : list R -> list R) (r : R) (x : list R) : Prop :=
  length x = d /\ forall n, norm (iter n f x) <= r.

Lemma stays_step d f r x : (length x = d -> length (f x) = d) -> stays_within d f r x ->
  stays_within d f r (f x).
Proof. intros Hd [Hx H]. split; [apply Hd, Hx|]. intro n. rewrite <- iter_S. apply H. Qed.

Lemma stays_compact d f g r : lipschitz g -> (forall x n, length x = d -> iter n f x = iter n g x) ->
  compact d (stays_within d f r).
Proof.
  intros Hg Hfg. split; [|split]; [intros x [Hx _]; exact Hx|exists r; intros x [_ H]; apply (H 0%nat)|].
  intros x Hx Hnear. split; [exact Hx|]. intro n. rewrite Hfg by exact Hx.
  destruct (lipschitz_iter g n Hg) as (L & HL & Hn). apply Rnot_lt_le. intro Hlt.
  destruct (Hnear ((norm (iter n g x) - r) / L)) as (y & [Hlen Hy] & Hd); [apply Rdiv_lt_0_compat; lra|].
  specialize (Hy n). rewrite Hfg in Hy by exact Hlen. destruct (Hn x y) as [_ Hdist]; [congruence|].
  pose proof (norm_near (iter n g x) (iter n g y)).
  apply (Rmult_lt_compat_l L) in Hd; [|lra]. unfold Rdiv in Hd.
  rewrite (Rmult_comm (_ - _)), <- Rmult_assoc, Rinv_r, Rmult_1_l in Hd by lra. lra.
Qed.
